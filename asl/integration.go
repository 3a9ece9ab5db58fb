package asl

import (
	"slices"
	"strings"
)

// This file lists the optimized integrations: the services and actions of
// arn:aws:states:::service:action. All other actions of AWS are reached through
// arn:aws:states:::aws-sdk:service:action. Guide: "Integrating services".

// An integration is one row of the guide's table.
type integration struct {
	actions  []string // with request and response alone
	jobs     []string // with .sync too
	callback bool     // with .waitForTaskToken
	sync2    bool     // with .sync:2
}

var integrations = map[string]integration{
	"apigateway": {actions: []string{"invoke"}, callback: true},
	"athena": {
		actions: []string{"stopQueryExecution", "getQueryExecution", "getQueryResults"},
		jobs:    []string{"startQueryExecution"},
	},
	"batch":            {jobs: []string{"submitJob"}},
	"bedrock":          {actions: []string{"invokeModel"}, jobs: []string{"createModelCustomizationJob"}, callback: true},
	"bedrockagentcore": {actions: []string{"invokeHarness"}},
	"codebuild": {
		actions: []string{"stopBuild", "stopBuildBatch", "retryBuildBatch", "batchDeleteBuilds", "deleteBuildBatch", "batchGetReports"},
		jobs:    []string{"startBuild", "startBuildBatch"},
	},
	"databrew": {jobs: []string{"startJobRun"}},
	"dynamodb": {actions: []string{"getItem", "putItem", "updateItem", "deleteItem"}},
	"ecs":      {jobs: []string{"runTask"}, callback: true},
	"eks": {
		actions: []string{"call"},
		jobs: []string{"createCluster", "deleteCluster", "createNodegroup", "deleteNodegroup", "createFargateProfile",
			"deleteFargateProfile", "runJob"},
		callback: true,
	},
	"elasticmapreduce": {
		actions: []string{"cancelStep", "setClusterTerminationProtection", "modifyInstanceFleetByName", "modifyInstanceGroupByName"},
		jobs:    []string{"createCluster", "terminateCluster", "addStep"},
	},
	"emr-containers": {actions: []string{"createVirtualCluster"}, jobs: []string{"deleteVirtualCluster", "startJobRun"}},
	"emr-serverless": {jobs: []string{"createApplication", "startApplication", "stopApplication", "deleteApplication", "startJobRun", "cancelJobRun"}},
	"events":         {actions: []string{"putEvents"}, callback: true},
	"glue":           {jobs: []string{"startJobRun"}},
	"http":           {actions: []string{"invoke"}},
	"lambda":         {actions: []string{"invoke"}, callback: true},
	"mediaconvert":   {jobs: []string{"createJob"}},
	"sagemaker": {
		actions: []string{"createModel", "createEndpoint", "createEndpointConfig", "updateEndpoint"},
		jobs: []string{"createTrainingJob", "createTransformJob", "createProcessingJob", "createHyperParameterTuningJob",
			"createLabelingJob"},
	},
	"sns":    {actions: []string{"publish"}, callback: true},
	"sqs":    {actions: []string{"sendMessage"}, callback: true},
	"states": {jobs: []string{"startExecution"}, callback: true, sync2: true},
}

// allows reports whether the integration has the resource's action in the
// resource's pattern.
func (i integration) allows(r *Resource) bool {
	job := slices.Contains(i.jobs, r.Action)
	switch {
	case !job && !slices.Contains(i.actions, r.Action):
		return false
	case r.Version == 2:
		return i.sync2
	case r.Pattern == Sync:
		return job
	case r.Pattern == WaitForTaskToken:
		return i.callback
	}
	return true
}

// patterns returns the suffixes that the integration has for an action.
func (i integration) patterns(action string) []string {
	var found []string
	if slices.Contains(i.jobs, action) {
		found = append(found, syncSuffix)
	}
	if i.sync2 {
		found = append(found, sync2Suffix)
	}
	if i.callback {
		found = append(found, tokenSuffix)
	}
	return found
}

// Integrations returns the optimized integrations as the middle of their ARNs,
// "sqs:sendMessage", sorted.
func Integrations() []string {
	var names []string
	for service, i := range integrations {
		for _, action := range slices.Concat(i.actions, i.jobs) {
			names = append(names, service+":"+action)
		}
	}
	slices.Sort(names)
	return names
}

// The resources of a Map state's ItemReader and ResultWriter.
var (
	readerResources = []string{"s3:getObject", "s3:listObjectsV2"}
	writerResources = []string{"s3:putObject"}
)

// ParseMapResource reads the Resource of an ItemReader or ResultWriter, an
// Integration that no Task may call. The error says that it is none.
func ParseMapResource(text string) (Resource, error) {
	part := strings.SplitN(text, ":", 6) // arn, partition, states, region, account, rest
	if len(part) == 6 && part[0] == "arn" && partitionOK(part[1]) && part[2] == "states" &&
		(slices.Contains(readerResources, part[5]) || slices.Contains(writerResources, part[5])) {
		service, action, _ := strings.Cut(part[5], ":")
		return Resource{Text: text, Kind: Integration, Service: service, Action: action}, nil
	}
	return Resource{}, errUnknownResource
}
