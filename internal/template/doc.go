// Package template finds the state machines, Lambda functions and activities that
// a file defines: a bare definition, an AWS SAM or CloudFormation template (what
// the CDK synthesizes included), a serverless.yml, or a Terraform file. What a
// deployment would fill in becomes its value on this machine where the template
// has it (resource.go: names, ARNs and URLs), and else a text that fits.
//
//	f := template.Read("template.yaml", text, template.Options{Folder: "."})
//	for _, m := range f.Machines {
//		found := m.Validate() // each at its line and column in template.yaml
//	}
//
// A definition is written anew as one JSON text that remembers where each part
// of it comes from (text.go), so that everything else in the program reads it as
// it reads any other. What is said about a part that was made up here is no
// finding and left out.
package template
