// Package template finds the state machines that a file defines: a bare
// definition, an AWS SAM or CloudFormation template (what the CDK synthesizes
// included), or a serverless.yml. What a deployment would fill in becomes its
// value where the template has it, and else a placeholder that fits.
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
