package lsp

import "encoding/json"

// This file has the forms of messages, of the Language Server Protocol 3.17, as far as
// they are used here.

// A message is a request, a notification or an answer.
type message struct {
	Version string          `json:"jsonrpc"`
	ID      json.RawMessage `json:"id,omitempty"` // number or text; none of a notification
	Method  string          `json:"method,omitempty"`
	Params  json.RawMessage `json:"params,omitempty"`
}

type answer struct {
	Version string          `json:"jsonrpc"`
	ID      json.RawMessage `json:"id"`
	Result  any             `json:"result"`
}

type failure struct {
	Version string          `json:"jsonrpc"`
	ID      json.RawMessage `json:"id"`
	Error   *responseError  `json:"error"`
}

type notification struct {
	Version string `json:"jsonrpc"`
	Method  string `json:"method"`
	Params  any    `json:"params"`
}

// A responseError is an answer that says why there is none.
type responseError struct {
	Code    int    `json:"code"`
	Message string `json:"message"`
}

func (e *responseError) Error() string { return e.Message }

// The codes of responseErrors.
const (
	parseError           = -32700
	invalidRequest       = -32600
	methodNotFound       = -32601
	invalidParams        = -32602
	internalError        = -32603
	serverNotInitialized = -32002
	requestFailed        = -32803
)

type position struct {
	Line      uint32 `json:"line"`      // from 0
	Character uint32 `json:"character"` // in UTF-16 code units, from 0
}

type span struct {
	Start position `json:"start"`
	End   position `json:"end"`
}

type location struct {
	URI   string `json:"uri"`
	Range span   `json:"range"`
}

type documentName struct {
	URI string `json:"uri"`
}

type positionParams struct {
	TextDocument documentName `json:"textDocument"`
	Position     position     `json:"position"`
}

type documentParams struct {
	TextDocument documentName `json:"textDocument"`
}

type initializeParams struct {
	Capabilities struct {
		TextDocument struct {
			Completion struct {
				Item struct {
					Snippets       bool `json:"snippetSupport"`
					InsertTextMode struct {
						Values []int `json:"valueSet"`
					} `json:"insertTextModeSupport"`
				} `json:"completionItem"`
			} `json:"completion"`
		} `json:"textDocument"`
	} `json:"capabilities"`
}

type openParams struct {
	TextDocument struct {
		URI      string `json:"uri"`
		Language string `json:"languageId"`
		Version  int    `json:"version"`
		Text     string `json:"text"`
	} `json:"textDocument"`
}

type changeParams struct {
	TextDocument struct {
		URI     string `json:"uri"`
		Version int    `json:"version"`
	} `json:"textDocument"`
	Changes []struct {
		Range *span  `json:"range"` // nil: Text is the whole
		Text  string `json:"text"`
	} `json:"contentChanges"`
}

type diagnostic struct {
	Range    span   `json:"range"`
	Severity int    `json:"severity"` // 1: error, 2: warning
	Code     string `json:"code,omitempty"`
	Source   string `json:"source"`
	Message  string `json:"message"`
}

type publishParams struct {
	URI         string       `json:"uri"`
	Version     int          `json:"version"`
	Diagnostics []diagnostic `json:"diagnostics"`
}

type textEdit struct {
	Range   span   `json:"range"`
	NewText string `json:"newText"`
}

type workspaceEdit struct {
	Changes map[string][]textEdit `json:"changes"`
}

type completionList struct {
	Incomplete bool             `json:"isIncomplete"`
	Items      []completionItem `json:"items"`
}

type completionItem struct {
	Label          string   `json:"label"`
	Kind           int      `json:"kind"`
	Detail         string   `json:"detail,omitempty"`
	Documentation  string   `json:"documentation,omitempty"`
	Sort           string   `json:"sortText"`
	Filter         string   `json:"filterText"`
	Format         int      `json:"insertTextFormat"` // 1: plain text, 2: snippet
	InsertTextMode int      `json:"insertTextMode"`   // 1: as it is, 2: with the indentation of the line
	Edit           textEdit `json:"textEdit"`
}

type markup struct {
	Kind  string `json:"kind"`
	Value string `json:"value"`
}

type hover struct {
	Contents markup `json:"contents"`
	Range    span   `json:"range"`
}

type referenceParams struct {
	positionParams
	Context struct {
		Declaration bool `json:"includeDeclaration"`
	} `json:"context"`
}

type highlight struct {
	Range span `json:"range"`
	Kind  int  `json:"kind"` // 2: read, 3: write
}

type preparedRename struct {
	Range       span   `json:"range"`
	Placeholder string `json:"placeholder"`
}

type renameParams struct {
	positionParams
	Name string `json:"newName"`
}

type documentSymbol struct {
	Name      string           `json:"name"`
	Detail    string           `json:"detail,omitempty"`
	Kind      int              `json:"kind"`
	Range     span             `json:"range"`
	Selection span             `json:"selectionRange"`
	Children  []documentSymbol `json:"children,omitempty"`
}

type foldingRange struct {
	StartLine uint32 `json:"startLine"`
	EndLine   uint32 `json:"endLine"`
}

type actionParams struct {
	TextDocument documentName `json:"textDocument"`
	Range        span         `json:"range"`
}

type codeAction struct {
	Title       string        `json:"title"`
	Kind        string        `json:"kind"`
	Diagnostics []diagnostic  `json:"diagnostics"`
	Preferred   bool          `json:"isPreferred"`
	Edit        workspaceEdit `json:"edit"`
}

type codeLens struct {
	Range   span    `json:"range"`
	Command command `json:"command"`
}

type command struct {
	Title     string         `json:"title"`
	Command   string         `json:"command"`
	Arguments []lensArgument `json:"arguments"`
}

// A lensArgument says what to run: a command line for a terminal.
type lensArgument struct {
	Argv    []string `json:"argv"` // "aslocal", "run", "/work/order.asl.json"
	URI     string   `json:"uri"`
	Pointer string   `json:"pointer"`           // of the definition in the document
	Machine string   `json:"machine,omitempty"` // its name in a template
}
