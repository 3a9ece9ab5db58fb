package asl

import (
	"slices"
	"strings"

	"github.com/aslocal/aslocal/internal/service"
)

// This file knows the optimized integrations, arn:aws:states:::service:action,
// from the table in package service. All other actions of AWS are reached
// through arn:aws:states:::aws-sdk:service:action. Guide: "Integrating services".

// Integrations returns the optimized integrations as the middle of their ARNs,
// "sqs:sendMessage", sorted.
func Integrations() []string { return resourcesOf((*service.Action).ForTasks) }

// ParseMapResource reads the Resource of an ItemReader or ResultWriter, an
// Integration that no Task may call. The error says that it is none.
func ParseMapResource(text string) (Resource, error) {
	part := strings.SplitN(text, ":", 6) // arn, partition, states, region, account, rest
	if len(part) < 6 || part[0] != "arn" || !partitionOK(part[1]) || part[2] != "states" {
		return Resource{}, errUnknownResource
	}
	name, action, _ := strings.Cut(part[5], ":")
	if a, ok := service.Find(name, action); !ok || a.ForTasks() {
		return Resource{}, errUnknownResource
	}
	return Resource{Text: text, Kind: Integration, Service: name, Action: action}, nil
}

// readerResources returns what a Map state's ItemReader may call.
func readerResources() []string { return resourcesOf(func(a *service.Action) bool { return a.Reads }) }

// writerResources returns what a ResultWriter may call.
func writerResources() []string { return resourcesOf(func(a *service.Action) bool { return a.Writes }) }

// resourcesOf returns the actions that f chooses, as the middle of their ARNs,
// sorted.
func resourcesOf(f func(*service.Action) bool) []string {
	var names []string
	for _, a := range service.Actions() {
		if f(a) {
			names = append(names, a.String())
		}
	}
	slices.Sort(names)
	return names
}
