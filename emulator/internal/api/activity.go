package api

import (
	"context"
	"slices"
	"time"

	"github.com/aslocal/aslocal/emulator/internal/api/awsjson"
	"github.com/aslocal/aslocal/emulator/internal/api/fault"
	"github.com/aslocal/aslocal/emulator/internal/registry"
	"github.com/aslocal/aslocal/value"
)

// This file has the actions on activities.
// https://docs.aws.amazon.com/step-functions/latest/apireference/API_CreateActivity.html

type createActivityInput struct {
	Name                    string                   `json:"name" aws:"required,min=1,max=80"`
	EncryptionConfiguration *encryptionConfiguration `json:"encryptionConfiguration"` // checked, not kept
	Tags                    []tag                    `json:"tags"`
}

type createActivityOutput struct {
	ActivityArn  string    `json:"activityArn"`
	CreationDate time.Time `json:"creationDate"`
}

// createActivity registers an activity; one of that name stays as it is.
func (a *API) createActivity(ctx context.Context, in *createActivityInput) (*createActivityOutput, error) {
	if !validName(in.Name) {
		return nil, fault.InvalidName(in.Name)
	}
	if _, err := in.EncryptionConfiguration.shown(); err != nil {
		return nil, err
	}
	activity, err := a.registry.CreateActivity(ctx, a.homeOf(ctx), in.Name, tagObject(value.EmptyObject, in.Tags))
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
	return &describeActivityOutput{
		ActivityArn: activity.ARN, Name: activity.Name, CreationDate: date(activity.Created), EncryptionConfiguration: ownedKey,
	}, nil
}

type listActivitiesInput struct {
	MaxResults int64          `json:"maxResults" aws:"min=0,max=1000"`
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
	all := slices.DeleteFunc(a.registry.Activities(), func(one *registry.Activity) bool { return !listed(ctx, one.ARN) })
	page, next, err := pageOf(all, in.MaxResults, in.NextToken, "activities", func(one *registry.Activity) activityItem {
		return activityItem{ActivityArn: one.ARN, Name: one.Name, CreationDate: date(one.Created)}
	})
	if err != nil {
		return nil, err
	}
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
	if err != nil || token == "" {
		return &getActivityTaskOutput{}, err
	}
	return &getActivityTaskOutput{TaskToken: awsjson.Some(token), Input: awsjson.Some(input.String())}, nil
}
