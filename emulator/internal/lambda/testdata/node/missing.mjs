import "nowhere";
