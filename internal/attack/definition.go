package main

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/sfn"
	"github.com/aws/aws-sdk-go-v2/service/sfn/types"
	"github.com/aws/smithy-go"
)

// This file is the part of the load that defines: state machines, updates,
// versions, aliases and tags.

// A definitionLedger has what was acknowledged. One user writes it; it is read
// when that has ended.
type definitionLedger struct {
	mu       sync.Mutex
	machines []definedMachine
}

// A definedMachine is what was acknowledged of one state machine; what is "" was
// not.
type definedMachine struct {
	name       string
	definition string
	version    string // ARN
	alias      string // ARN
	tag        string
}

// passing returns a definition with a number in it.
func passing(n int) string {
	return fmt.Sprintf(`{"StartAt": "A", "States": {"A": {"Type": "Pass", "Result": %d, "End": true}}}`, n)
}

// use defines one state machine after another: creates it, updates it,
// publishes a version, points an alias to it, tags it.
func (d *definitionLedger) use(ctx context.Context, a *attack, s *server, over <-chan struct{}) {
	row := a.report.row("definitions")
	for i := 0; ; i++ {
		select {
		case <-over:
			return
		case <-ctx.Done():
			return
		default:
		}
		m := definedMachine{name: fmt.Sprintf("%sdefined-%d", prefix, i)}
		arn := aws.String("arn:aws:states:us-east-1:123456789012:stateMachine:" + m.name)
		step := func(set func(), f func(*sfn.Client) error) bool {
			row.start()
			cut, err := s.call(ctx, f)
			conflict, refused := errors.AsType[smithy.APIError](err)
			switch {
			case err == nil:
			case refused && cut && conflict.ErrorCode() == "ConflictException": // the first try has done it
			default:
				if ctx.Err() == nil {
					row.found(fault, "%s: %v", m.name, err)
				}
				return false
			}
			row.acknowledge()
			set()
			return true
		}
		first, second := passing(i), passing(-i)
		_ = step(func() { m.definition = first }, func(c *sfn.Client) error {
			_, err := c.CreateStateMachine(ctx, &sfn.CreateStateMachineInput{Name: &m.name, Definition: &first, RoleArn: aws.String(role)})
			return err
		}) && step(func() { m.definition = second }, func(c *sfn.Client) error {
			_, err := c.UpdateStateMachine(ctx, &sfn.UpdateStateMachineInput{StateMachineArn: arn, Definition: &second})
			return err
		}) && step(func() {}, func(c *sfn.Client) error {
			out, err := c.PublishStateMachineVersion(ctx, &sfn.PublishStateMachineVersionInput{StateMachineArn: arn})
			if err == nil {
				m.version = aws.ToString(out.StateMachineVersionArn)
			}
			return err
		}) && step(func() {}, func(c *sfn.Client) error {
			out, err := c.CreateStateMachineAlias(ctx, &sfn.CreateStateMachineAliasInput{
				Name: aws.String("live"), RoutingConfiguration: []types.RoutingConfigurationListItem{{StateMachineVersionArn: &m.version, Weight: 100}},
			})
			if err == nil {
				m.alias = aws.ToString(out.StateMachineAliasArn)
			}
			return err
		}) && step(func() { m.tag = m.name }, func(c *sfn.Client) error {
			_, err := c.TagResource(ctx, &sfn.TagResourceInput{ResourceArn: arn, Tags: []types.Tag{{Key: aws.String("name"), Value: &m.name}}})
			return err
		})
		d.mu.Lock()
		d.machines = append(d.machines, m)
		d.mu.Unlock()
		pause(ctx, 20*time.Millisecond)
	}
}

// check looks for everything that was acknowledged.
func (d *definitionLedger) check(ctx context.Context, s *server) error {
	row := s.report.row("definitions")
	for _, m := range d.machines {
		if m.definition == "" {
			continue
		}
		arn := aws.String("arn:aws:states:us-east-1:123456789012:stateMachine:" + m.name)
		_, err := s.call(ctx, func(c *sfn.Client) error {
			out, err := c.DescribeStateMachine(ctx, &sfn.DescribeStateMachineInput{StateMachineArn: arn})
			if err == nil && aws.ToString(out.Definition) != m.definition {
				row.found(wrong, "%s\n got %s\nwant %s", m.name, aws.ToString(out.Definition), m.definition)
			}
			return err
		})
		if err := d.missing(row, m.name, err); err != nil {
			return err
		}
		if m.alias != "" {
			_, err := s.call(ctx, func(c *sfn.Client) error {
				out, err := c.DescribeStateMachineAlias(ctx, &sfn.DescribeStateMachineAliasInput{StateMachineAliasArn: &m.alias})
				if err == nil && (len(out.RoutingConfiguration) != 1 || aws.ToString(out.RoutingConfiguration[0].StateMachineVersionArn) != m.version) {
					row.found(wrong, "%s: the alias is routed to %+v", m.name, out.RoutingConfiguration)
				}
				return err
			})
			if err := d.missing(row, m.alias, err); err != nil {
				return err
			}
		}
		if m.tag != "" {
			_, err := s.call(ctx, func(c *sfn.Client) error {
				out, err := c.ListTagsForResource(ctx, &sfn.ListTagsForResourceInput{ResourceArn: arn})
				if err == nil && (len(out.Tags) != 1 || aws.ToString(out.Tags[0].Value) != m.tag) {
					row.found(lost, "%s: a tag was acknowledged, its tags are %+v", m.name, out.Tags)
				}
				return err
			})
			if err := d.missing(row, m.name, err); err != nil {
				return err
			}
		}
	}
	return nil
}

// missing counts what the API does not know as lost; any other error is
// returned.
func (*definitionLedger) missing(row *tally, what string, err error) error {
	if _, refused := errors.AsType[smithy.APIError](err); refused && !isFault(err) {
		row.found(lost, "%s: %v", what, err)
		return nil
	}
	return err
}
