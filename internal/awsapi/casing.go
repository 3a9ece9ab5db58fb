package awsapi

// Casing is how the members of structures are named. Keys of maps are never
// changed.
type Casing uint8

// The casings.
const (
	PascalCase Casing = iota // of optimized integrations: clusterArn is ClusterArn
	JavaV2                   // of aws-sdk:, as the setters of the Java SDK v2: DBInstanceIdentifier is DbInstanceIdentifier
	API                      // as the service's model names them
)
