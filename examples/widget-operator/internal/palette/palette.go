/*
Copyright The Widget Operator Authors.

Licensed under the Apache License, Version 2.0 (the "License");
you may not use this file except in compliance with the License.
You may obtain a copy of the License at

    http://www.apache.org/licenses/LICENSE-2.0

Unless required by applicable law or agreed to in writing, software
distributed under the License is distributed on an "AS IS" BASIS,
WITHOUT WARRANTIES OR CONDITIONS OF ANY KIND, either express or implied.
See the License for the specific language governing permissions and
limitations under the License.
*/

// Package palette knows the colours that widgets are painted in.
package palette

import (
	"fmt"
	"strings"
)

// Default is the colour of a widget that asks for none.
const Default = "green"

var codes = map[string]string{
	"red":   "#c0392b",
	"green": "#27ae60",
	"blue":  "#2980b9",
}

// Paint returns one line per part of a widget, each with the part's number and the code of the colour.
func Paint(size int32, colour string) (string, error) {
	if colour == "" {
		colour = Default
	}
	code, ok := codes[colour]
	if !ok {
		return "", fmt.Errorf("unknown colour %q", colour)
	}
	if size < 1 {
		return "", fmt.Errorf("a widget has at least one part, not %d", size)
	}
	var lines strings.Builder
	for part := int32(1); part <= size; part++ {
		fmt.Fprintf(&lines, "part %d: %s\n", part, code)
	}
	return lines.String(), nil
}
