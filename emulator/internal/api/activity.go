package api

import (
	"context"
	"errors"
	"time"

	"github.com/aslocal/aslocal/emulator/internal/api/awsjson"
	"github.com/aslocal/aslocal/emulator/internal/api/fault"
	"github.com/aslocal/aslocal/emulator/internal/engine"
	"github.com/aslocal/aslocal/emulator/internal/registry"
	"github.com/aslocal/aslocal/value"
)

// This file has the actions on activities.
// https://docs.aws.amazon.com/step-functions/latest/apireference/API_CreateActivity.html

type createActivityInput struct {
	Name                    string                   `json:"name" aws:"required,min=1,max=80"`
	Tags                    []tag                    `json:"tags"`
	EncryptionConfiguration *encryptionConfiguration `json:"encryptionConfiguration"`
}

type createActivityOutput struct {
	ActivityArn  string    `json:"activityArn"`
	CreationDate time.Time `json:"creationDate"`
}

// createActivity registers an activity. One of that name stays as it is, unless it
// is to be encrypted in another way: that is refused.
func (a *API) createActivity(ctx context.Context, in *createActivityInput) (*createActivityOutput, error) {
	if !validName(in.Name) {
		return nil, fault.InvalidName(in.Name)
	}
	encryption, err := in.EncryptionConfiguration.shown()
	if err != nil {
		return nil, err
	}
	activity, err := a.registry.CreateActivity(ctx, a.homeOf(ctx), in.Name, tagObject(value.EmptyObject, in.Tags), encryption)
	if err != nil {
		return nil, err
	}
	return &createActivityOutput{ActivityArn: activity.ARN, CreationDate: date(activity.Created)}, nil
}

type activityInput struct {
	ActivityArn string `json:"activityArn" aws:"required,min=1,max=256"`
}

// deleteActivity removes an activity; one that is not there is no error.
func (a *API) deleteActivity(ctx context.Context, in *activityInput) (*empty, error) {
	return &empty{}, a.registry.DeleteActivity(ctx, in.ActivityArn)
}

type describeActivityOutput struct {
	ActivityArn             string      `json:"activityArn"`
	Name                    string      `json:"name"`
	CreationDate            time.Time   `json:"creationDate"`
	EncryptionConfiguration value.Value `json:"encryptionConfiguration"`
}

// describeActivity returns an activity.
func (a *API) describeActivity(_ context.Context, in *activityInput) (*describeActivityOutput, error) {
	activity, err := a.registry.Activity(in.ActivityArn)
	if err != nil {
		return nil, err
	}
	out := &describeActivityOutput{
		ActivityArn: activity.ARN, Name: activity.Name, CreationDate: date(activity.Created), EncryptionConfiguration: activity.Encryption,
	}
	if !out.EncryptionConfiguration.Exists() {
		out.EncryptionConfiguration = ownedKey
	}
	return out, nil
}

type listActivitiesInput struct {
	MaxResults int            `json:"maxResults" aws:"min=0,max=1000"`
	NextToken  optionalString `json:"nextToken" aws:"min=1,max=1024"`
}

type listActivitiesOutput struct {
	Activities []activityItem `json:"activities"`
	NextToken  optionalString `json:"nextToken"`
}

type activityItem struct {
	ActivityArn  string    `json:"activityArn"`
	Name         string    `json:"name"`
	CreationDate time.Time `json:"creationDate"`
}

// listActivities returns a page of the activities by name.
func (a *API) listActivities(ctx context.Context, in *listActivitiesInput) (*listActivitiesOutput, error) {
	list := []string{"ListActivities", reachOf(ctx)}
	after, err := a.position(in.NextToken, list...)
	if err != nil {
		return nil, err
	}
	all := listing[*registry.Activity]{a.registry.Activities, a.registry.ActivitiesElsewhere, func(one *registry.Activity) (arn, name string) { return one.ARN, one.Name }}
	rest, position := all.from(ctx, a.home, after)
	page, next := pageOf(a, rest, in.MaxResults, list, position, func(one *registry.Activity) activityItem {
		return activityItem{ActivityArn: one.ARN, Name: one.Name, CreationDate: date(one.Created)}
	})
	return &listActivitiesOutput{Activities: page, NextToken: next}, nil
}

type getActivityTaskInput struct {
	ActivityArn string `json:"activityArn" aws:"required,min=1,max=256"`
	WorkerName  string `json:"workerName" aws:"min=1,max=80"`
}

type getActivityTaskOutput struct {
	TaskToken optionalString `json:"taskToken"`
	Input     optionalString `json:"input"`
}

// poll is how long GetActivityTask waits for a task. API: GetActivityTask, "60
// seconds".
const poll = 60 * time.Second

// getActivityTask waits for a task of the activity and starts it. Both members
// are absent if none came.
func (a *API) getActivityTask(ctx context.Context, in *getActivityTaskInput) (*getActivityTaskOutput, error) {
	activity, err := a.registry.Activity(in.ActivityArn)
	if err != nil {
		return nil, err
	}
	ctx, cancel := context.WithTimeout(ctx, poll)
	defer cancel()
	token, input, err := a.engine.TakeActivity(ctx, activity.ARN, in.WorkerName)
	if errors.Is(err, engine.ErrTooManyWorkers) {
		return nil, fault.ActivityWorkerLimitExceeded()
	}
	if err != nil || token == "" {
		return &getActivityTaskOutput{}, err
	}
	return &getActivityTaskOutput{TaskToken: awsjson.Some(token), Input: awsjson.Some(input.String())}, nil
}
