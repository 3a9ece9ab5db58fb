// Package lambda runs Lambda functions as processes of this machine, without
// containers.
package lambda
