package main

import (
	"context"
	"errors"
	"fmt"
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
type definitionLedger struct{ machines []definedMachine }

// A definedMachine is what was acknowledged of one state machine.
type definedMachine struct {
	name       string
	steps      int    // how many steps of define were acknowledged
	definition string // after the update
	version    string // ARN
}

const aliasName = "live"

func (m *definedMachine) arn() string {
	return "arn:aws:states:us-east-1:123456789012:stateMachine:" + m.name
}

// passing returns a definition with a number in it.
func passing(n int) string {
	return fmt.Sprintf(`{"StartAt": "A", "States": {"A": {"Type": "Pass", "Result": %d, "End": true}}}`, n)
}

// use defines one state machine after another.
func (d *definitionLedger) use(ctx context.Context, s *server, over <-chan struct{}) {
	for i := 0; ; i++ {
		select {
		case <-over:
			return
		case <-ctx.Done():
			return
		default:
		}
		d.machines = append(d.machines, s.define(ctx, i))
		pause(ctx, 20*time.Millisecond)
	}
}

// define creates a state machine, updates it, publishes a version, points an
// alias to that, and tags the machine, as far as it comes.
func (s *server) define(ctx context.Context, i int) definedMachine {
	m := definedMachine{name: fmt.Sprintf("%sdefined-%d", prefix, i)}
	arn := aws.String(m.arn())
	first, second := passing(i), passing(-i)
	steps := []func(c *sfn.Client) error{
		func(c *sfn.Client) error {
			_, err := c.CreateStateMachine(ctx, &sfn.CreateStateMachineInput{Name: &m.name, Definition: &first, RoleArn: aws.String(role)})
			return err
		},
		func(c *sfn.Client) error {
			_, err := c.UpdateStateMachine(ctx, &sfn.UpdateStateMachineInput{StateMachineArn: arn, Definition: &second})
			return err
		},
		func(c *sfn.Client) error {
			out, err := c.PublishStateMachineVersion(ctx, &sfn.PublishStateMachineVersionInput{StateMachineArn: arn})
			if err == nil {
				m.version = aws.ToString(out.StateMachineVersionArn)
			}
			return err
		},
		func(c *sfn.Client) error {
			_, err := c.CreateStateMachineAlias(ctx, &sfn.CreateStateMachineAliasInput{
				Name: aws.String(aliasName), RoutingConfiguration: []types.RoutingConfigurationListItem{{StateMachineVersionArn: &m.version, Weight: 100}},
			})
			return err
		},
		func(c *sfn.Client) error {
			_, err := c.TagResource(ctx, &sfn.TagResourceInput{ResourceArn: arn, Tags: []types.Tag{{Key: aws.String("name"), Value: &m.name}}})
			return err
		},
	}
	row := s.report.row("definitions")
	for _, step := range steps {
		row.start()
		cut, err := s.call(ctx, step)
		if err != nil && !(cut && refusedAs(err, "ConflictException")) { // else the first try has done it
			if ctx.Err() == nil {
				row.found(fault, "%s: %v", m.name, err)
			}
			break
		}
		row.acknowledge()
		m.steps++
	}
	m.definition = second
	return m
}

// check looks for everything that was acknowledged.
func (d *definitionLedger) check(ctx context.Context, s *server) error {
	for _, m := range d.machines {
		if err := s.checkDefinition(ctx, m); err != nil {
			return err
		}
	}
	return nil
}

func (s *server) checkDefinition(ctx context.Context, m definedMachine) error {
	row := s.report.row("definitions")
	checks := []struct {
		steps int // after which it must be there
		check func(c *sfn.Client) error
	}{
		{1, func(c *sfn.Client) error {
			out, err := c.DescribeStateMachine(ctx, &sfn.DescribeStateMachineInput{StateMachineArn: aws.String(m.arn())})
			if err == nil && aws.ToString(out.Definition) != m.definition && m.steps > 1 { // else the update may have been cut off
				row.found(wrong, "%s\n got %s\nwant %s", m.name, aws.ToString(out.Definition), m.definition)
			}
			return err
		}},
		{4, func(c *sfn.Client) error {
			out, err := c.DescribeStateMachineAlias(ctx, &sfn.DescribeStateMachineAliasInput{StateMachineAliasArn: aws.String(m.arn() + ":" + aliasName)})
			if err == nil && (len(out.RoutingConfiguration) != 1 || aws.ToString(out.RoutingConfiguration[0].StateMachineVersionArn) != m.version) {
				row.found(wrong, "%s: the alias is routed to %+v", m.name, out.RoutingConfiguration)
			}
			return err
		}},
		{5, func(c *sfn.Client) error {
			out, err := c.ListTagsForResource(ctx, &sfn.ListTagsForResourceInput{ResourceArn: aws.String(m.arn())})
			if err == nil && (len(out.Tags) != 1 || aws.ToString(out.Tags[0].Value) != m.name) {
				row.found(lost, "%s: a tag was acknowledged, its tags are %+v", m.name, out.Tags)
			}
			return err
		}},
	}
	for _, c := range checks {
		if m.steps < c.steps {
			break
		}
		_, err := s.call(ctx, c.check)
		if _, refused := errors.AsType[smithy.APIError](err); refused && !isFault(err) {
			row.found(lost, "%s: %v", m.name, err)
			break
		}
		if err != nil {
			return err
		}
	}
	return nil
}
