package emulator_test

import (
	"fmt"
	"reflect"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/sfn"
	"github.com/aws/aws-sdk-go-v2/service/sfn/types"

	"github.com/aslocal/aslocal/emulator"
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

// An activity keeps how it is encrypted, also over a restart. Creating it again may
// differ in tags, not in that (F-236).
func TestEncryptionOfActivities(t *testing.T) {
	store := newSharedStore(t)
	x := newTest(t, emulator.WithStore(store.open()))
	const key = "arn:aws:kms:us-east-1:123456789012:key/k"
	owned := &types.EncryptionConfiguration{Type: types.EncryptionTypeAwsOwnedKey}
	managed := func(seconds int32) *types.EncryptionConfiguration {
		return &types.EncryptionConfiguration{Type: types.EncryptionTypeCustomerManagedKmsKey, KmsKeyId: aws.String(key), KmsDataKeyReusePeriodSeconds: aws.Int32(seconds)}
	}
	create := func(x *test, name string, encryption *types.EncryptionConfiguration, tags ...types.Tag) (*sfn.CreateActivityOutput, error) {
		return x.client.CreateActivity(x.ctx, &sfn.CreateActivityInput{Name: &name, EncryptionConfiguration: encryption, Tags: tags})
	}
	for name, encryption := range map[string]*types.EncryptionConfiguration{"plain": nil, "kept": managed(600)} {
		if _, err := create(x, name, encryption); err != nil {
			t.Fatal(err)
		}
	}
	x = newTest(t, emulator.WithStore(store.reopen(x.em)))
	for _, tt := range []struct {
		name    string
		again   *types.EncryptionConfiguration
		refused bool
	}{
		{"plain", nil, false},
		{"plain", owned, false},
		{"plain", managed(600), true},
		{"kept", managed(600), false},
		{"kept", managed(300), true},
		{"kept", owned, true},
		{"kept", nil, true},
	} {
		arn := "arn:aws:states:us-east-1:123456789012:activity:" + tt.name
		_, err := create(x, tt.name, tt.again, types.Tag{Key: aws.String("a"), Value: aws.String("b")})
		if tt.refused {
			x.wantFault(err, "ActivityAlreadyExists", "Activity Already Exists: '"+arn+"'")
		} else if err != nil {
			t.Errorf("%s again with %+v: %v", tt.name, tt.again, err)
		}
		got, err := x.client.DescribeActivity(x.ctx, &sfn.DescribeActivityInput{ActivityArn: &arn})
		if err != nil {
			t.Fatal(err)
		}
		want := owned
		if tt.name == "kept" {
			want = managed(600)
		}
		if !reflect.DeepEqual(got.EncryptionConfiguration, want) {
			t.Errorf("%s: got %+v, want %+v", tt.name, got.EncryptionConfiguration, want)
		}
		tags, err := x.client.ListTagsForResource(x.ctx, &sfn.ListTagsForResourceInput{ResourceArn: &arn})
		if err != nil || len(tags.Tags) != 0 {
			t.Errorf("%s: tags %+v, %v; want none: they are those of its creation", tt.name, tags, err)
		}
	}
}
