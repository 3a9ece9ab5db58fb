package graph

import (
	"strings"

	"github.com/aslocal/aslocal/asl"
)

// This file has the glyphs of nodes: which one a state has, and their outlines. Each is
// a path of SVG in a square of 24, with the commands M, L, C and Z only, which the
// PNG renderer reads as well.

// icon returns the name of a state's glyph.
func icon(s *asl.State) string {
	if s.Type != asl.Task {
		if name := strings.ToLower(string(s.Type)); s.Type.Known() {
			return name
		}
		return "missing"
	}
	r, err := asl.ParseResource(s.Fields.Get("Resource").Text())
	switch {
	case err != nil:
		return "task"
	case r.Kind == asl.Lambda:
		return "function"
	case r.Kind == asl.Activity:
		return "activity"
	}
	if name := serviceGlyphs[r.Service]; name != "" {
		return name
	}
	return "task"
}

// serviceGlyphs has the glyphs of services by what they are, not by who makes them.
var serviceGlyphs = map[string]string{
	"lambda": "function", "sqs": "queue", "sns": "topic", "dynamodb": "table", "s3": "bucket", "events": "bus", "eventbridge": "bus",
	"ecs": "container", "eks": "container", "batch": "job", "glue": "job", "databrew": "job", "codebuild": "job", "emr": "job",
	"elasticmapreduce": "job", "emr-containers": "job", "emr-serverless": "job", "sagemaker": "job", "athena": "table", "http": "http", "apigateway": "http",
	"states": "nested", "sfn": "nested", "bedrock": "ai", "bedrockruntime": "ai",
}

// glyphs are the outlines.
var glyphs = map[string]string{
	"task":         "M4 7.5C4 5.57 5.57 4 7.5 4L16.5 4C18.43 4 20 5.57 20 7.5L20 16.5C20 18.43 18.43 20 16.5 20L7.5 20C5.57 20 4 18.43 4 16.5ZM10 8.5L15.5 12L10 15.5Z",
	"choice":       "M12 3L21 12L12 21L3 12ZM12 9L12 15M9 12L15 12",
	"pass":         "M3 12L20 12M14 6L20 12L14 18",
	"wait":         "M12 21C16.97 21 21 16.97 21 12C21 7.03 16.97 3 12 3C7.03 3 3 7.03 3 12C3 16.97 7.03 21 12 21ZM12 7L12 12L15.5 14",
	"succeed":      "M12 21C16.97 21 21 16.97 21 12C21 7.03 16.97 3 12 3C7.03 3 3 7.03 3 12C3 16.97 7.03 21 12 21ZM8 12.3L10.8 15.1L16.2 9.5",
	"fail":         "M12 21C16.97 21 21 16.97 21 12C21 7.03 16.97 3 12 3C7.03 3 3 7.03 3 12C3 16.97 7.03 21 12 21ZM9 9L15 15M15 9L9 15",
	"parallel":     "M12 3L12 7M5 21L5 13C5 11.34 6.34 10 8 10L16 10C17.66 10 19 11.34 19 13L19 21M12 7L12 21",
	"map":          "M4 9L15 9L15 20L4 20ZM8 9L8 6.5C8 5.67 8.67 5 9.5 5L18 5C18.55 5 19 5.45 19 6L19 14.5C19 15.33 18.33 16 17.5 16L15 16M7.5 13L11.5 13M7.5 16.5L11.5 16.5",
	"missing":      "M12 21C16.97 21 21 16.97 21 12C21 7.03 16.97 3 12 3C7.03 3 3 7.03 3 12C3 16.97 7.03 21 12 21ZM12 7.5L12 13M12 16.3L12 16.31",
	"function":     "M9 20C10.8 20 11.7 19 12 17L13.5 7C13.8 5 14.7 4 16.5 4C17.3 4 17.8 4.2 18.3 4.6M7.5 11L16 11M5.5 19.6C5.9 19.9 6.4 20 7 20",
	"queue":        "M3 7L6 7L6 17L3 17ZM8.5 7L11.5 7L11.5 17L8.5 17ZM14 7L16.5 7L16.5 17L14 17ZM19 12L22 12M20 9.5L22.5 12L20 14.5",
	"topic":        "M12 13.5C12.83 13.5 13.5 12.83 13.5 12C13.5 11.17 12.83 10.5 12 10.5C11.17 10.5 10.5 11.17 10.5 12C10.5 12.83 11.17 13.5 12 13.5ZM8.5 8.5C6.59 10.44 6.59 13.56 8.5 15.5M15.5 8.5C17.41 10.44 17.41 13.56 15.5 15.5M5.6 5.6C3.89 7.29 2.93 9.6 2.93 12C2.93 14.4 3.89 16.71 5.6 18.4M18.4 5.6C20.11 7.29 21.07 9.6 21.07 12C21.07 14.4 20.11 16.71 18.4 18.4",
	"table":        "M4 5L20 5L20 19L4 19ZM4 10L20 10M4 14.5L20 14.5M10 10L10 19",
	"bucket":       "M4.5 6.5L19.5 6.5L17.5 19.5C17.28 20.13 16.67 20.54 16 20.5L8 20.5C7.33 20.54 6.72 20.13 6.5 19.5ZM5 10L19 10",
	"bus":          "M3 12L21 12M6 12L6 7M12 12L12 5M18 12L18 7M9 12L9 17M15 12L15 17",
	"container":    "M12 3L20 7.5L20 16.5L12 21L4 16.5L4 7.5ZM4 7.5L12 12L20 7.5M12 12L12 21",
	"job":          "M5 8L19 8C19.55 8 20 8.45 20 9L20 19L4 19L4 9C4 8.45 4.45 8 5 8ZM9 8L9 5.5C9 4.67 9.67 4 10.5 4L13.5 4C14.33 4 15 4.67 15 5.5L15 8M4 13L20 13M12 12L12 14.5",
	"http":         "M12 21C16.97 21 21 16.97 21 12C21 7.03 16.97 3 12 3C7.03 3 3 7.03 3 12C3 16.97 7.03 21 12 21ZM3 12L21 12M12 3C17 8 17 16 12 21M12 3C7 8 7 16 12 21",
	"nested":       "M4 4L20 4L20 20L4 20ZM9.5 8L14.5 8L14.5 11L9.5 11ZM7 14L11 14L11 17L7 17ZM13 14L17 14L17 17L13 17ZM12 11L12 12.5M9 14L9 12.5L15 12.5L15 14",
	"activity":     "M12 11C13.93 11 15.5 9.43 15.5 7.5C15.5 5.57 13.93 4 12 4C10.07 4 8.5 5.57 8.5 7.5C8.5 9.43 10.07 11 12 11ZM5 20C5.5 16 8.3 14 12 14C15.7 14 18.5 16 19 20",
	"ai":           "M12 3L13.8 8.2L19 10L13.8 11.8L12 17L10.2 11.8L5 10L10.2 8.2ZM18.5 16L18.5 21M16 18.5L21 18.5",
	"st-running":   "M12 3.5C16.69 3.5 20.5 7.31 20.5 12C20.5 16.69 16.69 20.5 12 20.5C7.31 20.5 3.5 16.69 3.5 12",
	"st-succeeded": "M12 21C16.97 21 21 16.97 21 12C21 7.03 16.97 3 12 3C7.03 3 3 7.03 3 12C3 16.97 7.03 21 12 21ZM8 12.3L10.8 15.1L16.2 9.5",
	"st-failed":    "M8 3L16 3L21 8L21 16L16 21L8 21L3 16L3 8ZM9.2 9.2L14.8 14.8M14.8 9.2L9.2 14.8",
	"st-timedout":  "M12 21C16.42 21 20 17.42 20 13C20 8.58 16.42 5 12 5C7.58 5 4 8.58 4 13C4 17.42 7.58 21 12 21ZM9 2.5L15 2.5M12 9L12 13.5M12 16.5L12 16.51",
	"st-aborted":   "M12 21C16.97 21 21 16.97 21 12C21 7.03 16.97 3 12 3C7.03 3 3 7.03 3 12C3 16.97 7.03 21 12 21ZM9 9L15 9L15 15L9 15Z",
	"st-caught":    "M12 3.5L21.5 20L2.5 20ZM12 10L12 14.5M12 17.2L12 17.21",
	"st-retry":     "M20 12C20.01 15.82 17.31 19.12 13.56 19.86C9.8 20.6 6.05 18.59 4.6 15.05C3.15 11.52 4.4 7.45 7.59 5.34C10.78 3.23 15.02 3.68 17.7 6.4L20 8.5M20 4L20 8.5L15.5 8.5",
}
