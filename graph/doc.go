// Package graph draws state machines: Layout places the states and routes the
// transitions, and the methods of Graph write the drawing as SVG, PNG, Mermaid,
// DOT, text or JSON.
package graph
