package emulator

import (
	"cmp"
	"context"
	"slices"
	"time"

	"github.com/aslocal/aslocal/emulator/internal/api/awsjson"
	"github.com/aslocal/aslocal/emulator/internal/api/fault"
	"github.com/aslocal/aslocal/value"
)

// This file has the actions on activities.
// https://docs.aws.amazon.com/step-functions/latest/apireference/API_CreateActivity.html

type createActivityInput struct {
	Name string `json:"name" aws:"required,min=1,max=80"`
	Tags []tag  `json:"tags"`
}

type createActivityOutput struct {
	ActivityArn  string    `json:"activityArn"`
	CreationDate time.Time `json:"creationDate"`
}

// createActivity registers an activity; one of that name stays as it is.
func (e *Emulator) createActivity(ctx context.Context, in *createActivityInput) (*createActivityOutput, error) {
	if !validName(in.Name) {
		return nil, fault.InvalidName(in.Name)
	}
	arn, tags := e.arnFor("activity", in.Name), tagObject(value.EmptyObject, in.Tags)
	if tags.Len() > maxTags {
		return nil, fault.TooManyTags(arn)
	}
	e.mu.Lock()
	defer e.mu.Unlock()
	a := e.activities[arn]
	if a == nil {
		a = &activity{arn: arn, name: in.Name, created: e.now(), tags: tags}
		if err := e.putActivity(ctx, a); err != nil {
			return nil, err
		}
	}
	return &createActivityOutput{ActivityArn: arn, CreationDate: date(a.created)}, nil
}

type activityInput struct {
	ActivityArn string `json:"activityArn" aws:"required,min=1,max=256"`
}

// deleteActivity removes an activity; one that is not there is no error.
func (e *Emulator) deleteActivity(ctx context.Context, in *activityInput) (*empty, error) {
	if _, err := parseARNOf(in.ActivityArn, "activity"); err != nil {
		return nil, err
	}
	e.mu.Lock()
	defer e.mu.Unlock()
	if e.activities[in.ActivityArn] != nil {
		if err := e.remove(ctx, kindActivity, in.ActivityArn); err != nil {
			return nil, err
		}
		delete(e.activities, in.ActivityArn)
	}
	return &empty{}, nil
}

type describeActivityOutput struct {
	ActivityArn             string      `json:"activityArn"`
	Name                    string      `json:"name"`
	CreationDate            time.Time   `json:"creationDate"`
	EncryptionConfiguration value.Value `json:"encryptionConfiguration"`
}

// describeActivity returns an activity.
func (e *Emulator) describeActivity(_ context.Context, in *activityInput) (*describeActivityOutput, error) {
	a, err := e.activity(in.ActivityArn)
	if err != nil {
		return nil, err
	}
	return &describeActivityOutput{ActivityArn: a.arn, Name: a.name, CreationDate: date(a.created), EncryptionConfiguration: ownedKey}, nil
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
func (e *Emulator) listActivities(_ context.Context, in *listStateMachinesInput) (*listActivitiesOutput, error) {
	e.mu.RLock()
	all := make([]*activity, 0, len(e.activities))
	for _, a := range e.activities {
		all = append(all, a)
	}
	e.mu.RUnlock()
	slices.SortFunc(all, func(a, b *activity) int { return cmp.Compare(a.name, b.name) })
	page, next, err := pageOf(all, in.MaxResults, in.NextToken, "activities", func(a *activity) activityItem {
		return activityItem{ActivityArn: a.arn, Name: a.name, CreationDate: date(a.created)}
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

// poll is how long GetActivityTask waits for a task.
const poll = 60 * time.Second

// getActivityTask waits for a task of the activity and starts it. Both members
// are absent if none came.
func (e *Emulator) getActivityTask(ctx context.Context, in *getActivityTaskInput) (*getActivityTaskOutput, error) {
	a, err := e.activity(in.ActivityArn)
	if err != nil {
		return nil, err
	}
	ctx, cancel := context.WithTimeout(ctx, poll)
	defer cancel()
	token, input, err := e.engine.TakeActivity(ctx, a.arn, in.WorkerName)
	if err != nil || token == "" {
		return &getActivityTaskOutput{}, err
	}
	return &getActivityTaskOutput{TaskToken: awsjson.Some(token), Input: awsjson.Some(input.String())}, nil
}
