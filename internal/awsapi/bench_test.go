package awsapi

import "testing"

// BenchmarkFirstUse reads the index and one service, as a process does that has
// read no model yet.
func BenchmarkFirstUse(b *testing.B) {
	for _, service := range []string{"dynamodb", "s3", "ec2"} {
		b.Run(service, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				if _, err := Open(embedded).Find(service); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
