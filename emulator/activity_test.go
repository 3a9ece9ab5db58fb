package emulator_test

import (
	"fmt"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/sfn"
)

func TestDescribeAndListActivities(t *testing.T) {
	x := newTest(t)
	for _, name := range []string{"c", "a", "b", "a"} {
		if _, err := x.client.CreateActivity(x.ctx, &sfn.CreateActivityInput{Name: &name}); err != nil {
			t.Fatal(err)
		}
	}
	var got []string
	pages := sfn.NewListActivitiesPaginator(x.client, &sfn.ListActivitiesInput{MaxResults: 2})
	for pages.HasMorePages() {
		page, err := pages.NextPage(x.ctx)
		if err != nil {
			t.Fatal(err)
		}
		for _, a := range page.Activities {
			out, err := x.client.DescribeActivity(x.ctx, &sfn.DescribeActivityInput{ActivityArn: a.ActivityArn})
			if err != nil {
				t.Fatal(err)
			}
			if aws.ToString(out.ActivityArn) != "arn:aws:states:us-east-1:123456789012:activity:"+*a.Name || !out.CreationDate.Equal(*a.CreationDate) || out.EncryptionConfiguration.Type != "AWS_OWNED_KEY" {
				t.Errorf("%s is described as %+v", *a.Name, out)
			}
			got = append(got, aws.ToString(out.Name))
		}
	}
	if fmt.Sprint(got) != "[a b c]" {
		t.Errorf("got %q, want a, b, c", got)
	}
	_, err := x.client.DescribeActivity(x.ctx, &sfn.DescribeActivityInput{ActivityArn: aws.String("arn:aws:states:us-east-1:123456789012:activity:d")})
	x.wantFault(err, "ActivityDoesNotExist", "Activity Does Not Exist: 'arn:aws:states:us-east-1:123456789012:activity:d'")
	_, err = x.client.DescribeActivity(x.ctx, &sfn.DescribeActivityInput{ActivityArn: x.create("m", pass)})
	x.wantFault(err, "InvalidArn", "Invalid Arn: 'Resource type not valid in this context: stateMachine'")
}
