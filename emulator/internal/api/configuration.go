package api

import (
	"context"
	"strings"

	"github.com/aslocal/aslocal/emulator/internal/api/awsjson"
	"github.com/aslocal/aslocal/emulator/internal/api/fault"
	"github.com/aslocal/aslocal/value"
)

// This file has the configurations of state machines: logging, tracing and
// encryption. They are checked, kept and shown; package outbox logs, nothing is traced
// or encrypted. Each is kept as DescribeStateMachine shows it, defaults filled in.
// https://docs.aws.amazon.com/step-functions/latest/apireference/API_LoggingConfiguration.html

type loggingConfiguration struct {
	Level                string                             `json:"level" aws:"enum=ALL|ERROR|FATAL|OFF"`
	IncludeExecutionData bool                               `json:"includeExecutionData"`
	Destinations         awsjson.Optional[[]logDestination] `json:"destinations"`
}

type logDestination struct {
	CloudWatchLogsLogGroup cloudWatchLogsLogGroup `json:"cloudWatchLogsLogGroup"`
}

type cloudWatchLogsLogGroup struct {
	LogGroupArn optionalString `json:"logGroupArn" aws:"min=1,max=256"`
}

// levelOff is the level without which there must be one destination.
const levelOff = "OFF"

// shown checks the logging configuration of the state machine with an ARN; c is nil if
// none was given. Destinations are shown if they were given, even if there is none of
// them (recorded).
func (c *loggingConfiguration) shown(machine string) (value.Value, error) {
	if c == nil {
		c = &loggingConfiguration{}
	}
	level := c.Level
	if level == "" {
		level = levelOff
	}
	given := c.Destinations.Value
	if len(given) > 1 || len(given) == 0 && level != levelOff {
		return value.Value{}, fault.NotOneLogDestination()
	}
	for _, d := range given {
		if err := d.check(); err != nil {
			return value.Value{}, err
		}
	}
	if level != levelOff && strings.ContainsFunc(machine, notLoggable) {
		return value.Value{}, fault.LogResource(machine)
	}
	v := value.OfMembers("level", value.OfString(level), "includeExecutionData", value.OfBool(c.IncludeExecutionData))
	if c.Destinations.Set {
		destinations := make([]value.Value, len(given))
		for i, d := range given {
			group := value.EmptyObject
			if arn := d.CloudWatchLogsLogGroup.LogGroupArn; arn.Set {
				group = value.OfMembers("logGroupArn", value.OfString(arn.Value))
			}
			destinations[i] = value.OfMembers("cloudWatchLogsLogGroup", group)
		}
		v = v.With("destinations", value.OfSlice(destinations))
	}
	return v, nil
}

// notLoggable reports whether CloudWatch Logs refuses an ARN because of the character.
func notLoggable(r rune) bool {
	letter := 'a' <= r && r <= 'z' || 'A' <= r && r <= 'Z' || '0' <= r && r <= '9'
	return !letter && !strings.ContainsRune("./-_:", r)
}

// check refuses a destination that is no log group with all of its streams.
func (d logDestination) check() error {
	group := d.CloudWatchLogsLogGroup.LogGroupArn
	switch {
	case !group.Set:
		return fault.LogDestination("Must set valid CloudWatch Log Group ARN.")
	case !strings.Contains(group.Value, ":logs:") || !strings.Contains(group.Value, ":log-group:"):
		return fault.LogDestination("Provided ARN is not CloudWatch Logs Log Group ARN.")
	case !strings.HasSuffix(group.Value, ":*"):
		return fault.LogDestination("Log Group ARN must be provided with '*' qualifier.")
	}
	return nil
}

// checkLogGroup refuses a logging configuration, as it is shown, whose log group does not
// exist. With the level OFF that does not matter (inferred, F-156).
func (a *API) checkLogGroup(ctx context.Context, logging value.Value) error {
	if logging.Get("level").Text() == levelOff {
		return nil
	}
	group := logging.Get("destinations").Index(0).Get("cloudWatchLogsLogGroup").Get("logGroupArn").Text()
	if a.hasGroup == nil || a.hasGroup(ctx, group) {
		return nil
	}
	return fault.LogDestination("Log Destination not found.")
}

type tracingConfiguration struct {
	Enabled bool `json:"enabled"`
}

func (c *tracingConfiguration) shown() value.Value {
	return value.OfMembers("enabled", value.OfBool(c != nil && c.Enabled))
}

type encryptionConfiguration struct {
	KmsKeyID                     optionalString        `json:"kmsKeyId" aws:"min=1,max=2048"`
	KmsDataKeyReusePeriodSeconds awsjson.Optional[int] `json:"kmsDataKeyReusePeriodSeconds" aws:"min=60,max=900"`
	Type                         string                `json:"type" aws:"required,enum=AWS_OWNED_KEY|CUSTOMER_MANAGED_KMS_KEY"`
}

// The types of keys: the service's and the customer's own.
const (
	awsOwnedKey        = "AWS_OWNED_KEY"
	customerManagedKey = "CUSTOMER_MANAGED_KMS_KEY"
)

// ownedKey is the encryption of whatever is given none.
var ownedKey = value.OfMembers("type", value.OfString(awsOwnedKey))

// shown checks an encryption configuration, nil if none was given.
func (c *encryptionConfiguration) shown() (value.Value, error) {
	switch {
	case c == nil:
		return ownedKey, nil
	case c.Type == customerManagedKey && !c.KmsKeyID.Set:
		return value.Value{}, fault.EncryptionConfiguration("Must set a valid kmsKeyId.")
	case c.Type == awsOwnedKey && c.KmsKeyID.Set:
		return value.Value{}, fault.EncryptionConfiguration("Custom kmsKeyId is not allowed when selecting AWS_OWNED_KEY.")
	case c.Type == awsOwnedKey && c.KmsDataKeyReusePeriodSeconds.Set:
		return value.Value{}, fault.EncryptionConfiguration("Custom kmsDataKeyReusePeriodSeconds is not allowed when selecting AWS_OWNED_KEY.")
	}
	v := value.OfMembers("type", value.OfString(c.Type))
	if c.KmsKeyID.Set {
		v = v.With("kmsKeyId", value.OfString(c.KmsKeyID.Value))
	}
	if c.KmsDataKeyReusePeriodSeconds.Set {
		v = v.With("kmsDataKeyReusePeriodSeconds", value.OfInt(int64(c.KmsDataKeyReusePeriodSeconds.Value)))
	}
	return v, nil
}
