/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Each of the three names is what some program calls the file, so all of them are candidates.
 */
#include "core/read/package.h"

#include <string.h>

#include "core/read/little.h"

/* What a package of files says of the one in it. */
struct native {
	const char *label, *path, *temporary; /* borrowed */
	const char *data;
	size_t size;
};

/* A text that ends with NUL. False: it does not. */
static bool
read_text(const char **p, const char *end, const char **text)
{
	const char *stop = memchr(*p, '\0', (size_t)(end - *p));

	if (stop == NULL)
		return false;
	*text = *p;
	*p = stop + 1;
	return true;
}

/* Size, two bytes, label, path, four bytes, length and text of a temporary path, length and data. */
static bool
read_native(const char *bytes, size_t size, struct native *native)
{
	const char *p = bytes + 6, *end = bytes + size;
	uint32_t length;

	if (size < 6 || !read_text(&p, end, &native->label) || !read_text(&p, end, &native->path) ||
	    end - p < 8)
		return false;
	length = little32(p + 4);
	p += 8;
	if (length == 0 || length > (size_t)(end - p) || p[length - 1] != '\0')
		return false;
	native->temporary = p;
	p += length;
	if (end - p < 4)
		return false;
	native->size = MIN(little32(p), (size_t)(end - p - 4));
	native->data = p + 4;
	return true;
}

/* Behind the data, the three names stand once more, in UTF-16. */
static void
add_wide_names(struct member *member, const char *p, const char *end)
{
	for (unsigned i = 0; i < 3 && end - p >= 4; i++) {
		size_t units = little32(p);
		g_autoptr(GString) name = g_string_new("");

		p += 4;
		if (units > (size_t)(end - p) / 2)
			return;
		for (size_t j = 0; j < units && little16(p + 2 * j) != 0; j++) {
			gunichar c = little16(p + 2 * j);

			g_string_append_unichar(name, g_unichar_validate(c) ? c : 0xfffd);
		}
		if (name->len > 0)
			member_name(member, name->str, name->len);
		p += 2 * units;
	}
}

void
package_take(struct container *container, const char *bytes, size_t size)
{
	struct native native = { 0 };
	struct member member;
	bool found = read_native(bytes, size, &native);
	const char *name = found && *native.label != '\0' ? native.label : "Ole10Native";

	if (!member_begin(&member, container, name, strlen(name)))
		return;
	if (found) {
		member_name(&member, native.path, strlen(native.path));
		member_name(&member, native.temporary, strlen(native.temporary));
		add_wide_names(&member, native.data + native.size, bytes + size);
		member_write(&member, native.data, native.size);
	} else if (size > 4) {
		member_write(&member, bytes + 4, size - 4);
	}
	member_end(&member);
}
