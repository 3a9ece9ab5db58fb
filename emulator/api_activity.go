package emulator

import (
	"cmp"
	"context"
	"slices"
	"time"

	"github.com/aslocal/aslocal/emulator/awsjson"
	"github.com/aslocal/aslocal/emulator/fault"
	"github.com/aslocal/aslocal/emulator/journal"
	"github.com/aslocal/aslocal/value"
)

// This file has the actions on activities.
// https://docs.aws.amazon.com/step-functions/latest/apireference/API_CreateActivity.html

// An activity is a queue of tasks that workers poll. It is replaced as a whole
// when it changes.
type activity struct {
	arn, name string
	created   int64
	tags      value.Value
}

func (a *activity) document() []byte {
	return value.ObjectOf("name", value.Str(a.name), "created", value.Int(a.created), "tags", a.tags).AppendJSON(nil)
}

func readActivity(arn string, doc []byte) (*activity, error) {
	v, err := value.ParseBytes(doc)
	if err != nil {
		return nil, err
	}
	created, _ := v.Get("created").Int()
	return &activity{arn: arn, name: v.Get("name").Text(), created: created, tags: v.Get("tags")}, nil
}

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
	arn := e.arnFor("activity", in.Name)
	e.mu.Lock()
	defer e.mu.Unlock()
	a := e.activities[arn]
	if a == nil {
		a = &activity{arn: arn, name: in.Name, created: e.now(), tags: tagObject(value.EmptyObject, in.Tags)}
		if err := e.putActivity(ctx, a); err != nil {
			return nil, err
		}
	}
	return &createActivityOutput{ActivityArn: arn, CreationDate: date(a.created)}, nil
}

// putActivity stores an activity. The caller holds e.mu.
func (e *Emulator) putActivity(ctx context.Context, a *activity) error {
	if err := e.keep(ctx, journal.Document{Kind: kindActivity, Key: a.arn, Data: a.document()}); err != nil {
		return err
	}
	e.activities[a.arn] = a
	return nil
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

func (e *Emulator) describeActivity(_ context.Context, in *activityInput) (*describeActivityOutput, error) {
	a, err := e.activity(in.ActivityArn)
	if err != nil {
		return nil, err
	}
	return &describeActivityOutput{ActivityArn: a.arn, Name: a.name, CreationDate: date(a.created), EncryptionConfiguration: defaultEncryption}, nil
}

func (e *Emulator) activity(text string) (*activity, error) {
	if _, err := parseARNOf(text, "activity"); err != nil {
		return nil, err
	}
	e.mu.RLock()
	defer e.mu.RUnlock()
	if a := e.activities[text]; a != nil {
		return a, nil
	}
	return nil, fault.ActivityDoesNotExist(text)
}

// hasActivity reports whether there is an activity of that ARN. The engine asks
// before it schedules a task for one.
func (e *Emulator) hasActivity(arn string) bool {
	e.mu.RLock()
	defer e.mu.RUnlock()
	return e.activities[arn] != nil
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
	page, next, err := pageOf(all, in.MaxResults, in.NextToken, "activities")
	if err != nil {
		return nil, err
	}
	out := &listActivitiesOutput{Activities: make([]activityItem, len(page)), NextToken: next}
	for i, a := range page {
		out.Activities[i] = activityItem{ActivityArn: a.arn, Name: a.name, CreationDate: date(a.created)}
	}
	return out, nil
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
