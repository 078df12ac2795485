/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Only the end tag of the element leads out of it; in a script not even that does everywhere.
 */
#include "core/read/html_content.h"

#include <string.h>

static bool
is_end_tag(const char *bytes, size_t size, size_t at, const char *name, size_t length)
{
	return size - at > length + 2 && bytes[at + 1] == '/' &&
	       html_ends_name(bytes[at + 2 + length]) &&
	       g_ascii_strncasecmp(bytes + at + 2, name, length) == 0;
}

/* Behind the letters of <script or </script; `is_script` where they were these and a delimiter follows. */
static size_t
skip_letters(const char *bytes, size_t size, size_t at, bool *is_script)
{
	size_t end = at;

	while (end < size && g_ascii_isalpha(bytes[end]))
		end++;
	*is_script = end < size && html_ends_name(bytes[end]) && end - at == 6 &&
		     g_ascii_strncasecmp(bytes + at, "script", 6) == 0;
	return end;
}

/*
 * A script's content with its escapes: behind <!-- it is escaped until -->; a <script within it is passed over up to its </script.
 * `dashes` is where the dashes of the <!-- began, since those may belong to the --> as well.
 */
static size_t
script_end(const char *bytes, size_t size, size_t at, const char *name)
{
	enum { PLAIN, ESCAPED, DOUBLE } state = PLAIN;
	size_t dashes = 0, length = strlen(name);
	bool is_script;

	while (at < size) {
		if (state == PLAIN && (at = html_find(bytes, size, at, '<')) == HTML_NOWHERE)
			return HTML_NOWHERE;
		if (bytes[at] == '>' && state != PLAIN) {
			if (at >= dashes + 2 && bytes[at - 1] == '-' && bytes[at - 2] == '-')
				state = PLAIN;
			at++;
			continue;
		}
		if (bytes[at++] != '<')
			continue;
		if (state != DOUBLE && is_end_tag(bytes, size, at - 1, name, length))
			return at - 1;
		if (state == PLAIN && size - at >= 3 && memcmp(bytes + at, "!--", 3) == 0) {
			state = ESCAPED;
			dashes = at + 1;
			at += 3;
		} else if (state == ESCAPED && at < size && g_ascii_isalpha(bytes[at])) {
			at = skip_letters(bytes, size, at, &is_script);
			if (is_script) {
				state = DOUBLE;
				at++;
			} else if (at < size && bytes[at] == '>') {
				at++;
			}
		} else if (state == DOUBLE && at < size && bytes[at] == '/') {
			at = skip_letters(bytes, size, at + 1, &is_script);
			if (is_script) {
				state = ESCAPED;
				at++;
			}
		}
	}
	return HTML_NOWHERE;
}

size_t
html_content_end(
    const char *bytes, size_t size, size_t at, const char *name, enum html_content content)
{
	size_t length = strlen(name);

	if (content == HTML_CONTENT_SCRIPT)
		return script_end(bytes, size, at, name);
	for (; (at = html_find(bytes, size, at, '<')) != HTML_NOWHERE; at++) {
		if (is_end_tag(bytes, size, at, name, length))
			return at;
	}
	return HTML_NOWHERE;
}
