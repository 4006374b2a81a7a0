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

package palette

import (
	"strings"
	"testing"
)

func TestPaint(t *testing.T) {
	tests := map[string]struct {
		size   int32
		colour string
		want   string
	}{
		"one red part":          {1, "red", "part 1: #c0392b\n"},
		"two blue parts":        {2, "blue", "part 1: #2980b9\npart 2: #2980b9\n"},
		"no colour means green": {1, "", "part 1: #27ae60\n"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			got, err := Paint(test.size, test.colour)
			if err != nil {
				t.Fatalf("Paint(%d, %q): %v", test.size, test.colour, err)
			}
			if got != test.want {
				t.Errorf("Paint(%d, %q) = %q, want %q", test.size, test.colour, got, test.want)
			}
		})
	}
}

func TestPaintRefuses(t *testing.T) {
	tests := map[string]struct {
		size   int32
		colour string
		want   string
	}{
		"a colour that is not there": {1, "mauve", `unknown colour "mauve"`},
		"a widget without parts":     {0, "", "at least one part"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			_, err := Paint(test.size, test.colour)
			if err == nil || !strings.Contains(err.Error(), test.want) {
				t.Errorf("Paint(%d, %q) = %v, want an error with %q", test.size, test.colour, err, test.want)
			}
		})
	}
}
