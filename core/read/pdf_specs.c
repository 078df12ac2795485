/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A dictionary is a file specification if it has an /EF, wherever it is: a tree of names, a note on a page and a film lead to it in
 * different ways, and more may be thought of. Which of several objects of one number counts is not asked.
 */
#include "core/read/pdf_specs.h"

#include <string.h>

/* Dictionaries and arrays in each other. */
#define DEPTH_MAX 100
/* Names of one specification, and objects that it leads to: there are five kinds of either. */
#define SPEC_MAX 32

struct spec {
	GPtrArray *names; /* of GString */
	GArray *targets;  /* of uint32_t */
};

/* What a value is. */
enum role {
	ROLE_OTHER,
	ROLE_NAME,  /* a name of the file */
	ROLE_FILES, /* the dictionary of the objects that hold it */
	ROLE_FILE,  /* in that: an object, or the name of a related one */
};

static const struct {
	const char *key;
	enum role role;
} keys[] = {
	{ "F", ROLE_NAME },
	{ "UF", ROLE_NAME },
	{ "DOS", ROLE_NAME },
	{ "Mac", ROLE_NAME },
	{ "Unix", ROLE_NAME },
	{ "EF", ROLE_FILES },
	{ "RF", ROLE_FILES },
};

static void read_value(struct pdf_specs *specs, enum pdf_token token, struct spec *spec,
    enum role role, unsigned depth);

static void
free_string(void *string)
{
	g_string_free(string, TRUE);
}

static gint
compare(gconstpointer a, gconstpointer b)
{
	const struct pdf_object *x = a, *y = b;

	return x->number < y->number ? -1 : x->number > y->number;
}

void
pdf_specs_init(struct pdf_specs *specs, unsigned most, uint64_t work)
{
	*specs = (struct pdf_specs){
		.objects = g_array_new(FALSE, FALSE, sizeof(struct pdf_object)),
		.files = g_hash_table_new_full(NULL, NULL, NULL, (GDestroyNotify)g_ptr_array_unref),
		.seen = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL),
		.most = most,
		.work = work,
		.lexer.text = g_string_new(""),
	};
}

void
pdf_specs_sort(struct pdf_specs *specs)
{
	if (specs->by_number != NULL)
		g_array_unref(specs->by_number);
	specs->by_number = g_array_copy(specs->objects);
	g_array_sort(specs->by_number, compare);
}

void
pdf_specs_clear(struct pdf_specs *specs)
{
	g_array_unref(specs->objects);
	if (specs->by_number != NULL)
		g_array_unref(specs->by_number);
	g_hash_table_unref(specs->files);
	g_hash_table_unref(specs->seen);
	g_string_free(specs->lexer.text, TRUE);
}

bool
pdf_specs_worked(struct pdf_specs *specs, size_t bytes)
{
	specs->full |= bytes > specs->work;
	specs->work -= MIN(bytes, specs->work);
	return !specs->full;
}

const struct pdf_object *
pdf_specs_find(const struct pdf_specs *specs, uint32_t number, unsigned version)
{
	const struct pdf_object *object;
	guint low = 0, high = specs->by_number->len;

	while (low < high) {
		guint middle = low + (high - low) / 2;

		if (g_array_index(specs->by_number, struct pdf_object, middle).number <= number)
			low = middle + 1;
		else
			high = middle;
	}
	if (low <= version)
		return NULL;
	object = &g_array_index(specs->by_number, struct pdf_object, low - 1 - version);
	return object->number == number ? object : NULL;
}

/* The object is a file, under this name, if it is not NULL. */
static void
add_file(struct pdf_specs *specs, uint32_t number, const GString *name)
{
	GPtrArray *names = g_hash_table_lookup(specs->files, GUINT_TO_POINTER(number));
	char *key;

	if (g_hash_table_size(specs->seen) + g_hash_table_size(specs->files) >= specs->most) {
		specs->full = true;
		return;
	}
	if (names == NULL) {
		names = g_ptr_array_new_with_free_func(free_string);
		g_hash_table_insert(specs->files, GUINT_TO_POINTER(number), names);
	}
	if (name == NULL || name->len == 0)
		return;
	key = g_strdup_printf("%u %s", number, name->str);
	if (g_hash_table_add(specs->seen, key))
		g_ptr_array_add(names, g_string_new_len(name->str, (gssize)name->len));
}

static void
end_spec(struct pdf_specs *specs, const struct spec *spec)
{
	for (guint i = 0; spec->targets != NULL && i < spec->targets->len; i++) {
		uint32_t number = g_array_index(spec->targets, uint32_t, i);

		add_file(specs, number, NULL);
		for (guint j = 0; spec->names != NULL && j < spec->names->len; j++)
			add_file(specs, number, g_ptr_array_index(spec->names, j));
	}
	if (spec->targets != NULL)
		g_array_unref(spec->targets);
	if (spec->names != NULL)
		g_ptr_array_unref(spec->names);
}

static void
add_name(struct pdf_specs *specs, struct spec *spec)
{
	if (spec->names == NULL)
		spec->names = g_ptr_array_new_with_free_func(free_string);
	if (spec->names->len < SPEC_MAX)
		g_ptr_array_add(spec->names, pdf_text(specs->lexer.text));
	else
		specs->full = true;
}

static void
add_target(struct pdf_specs *specs, struct spec *spec, uint32_t number)
{
	if (spec->targets == NULL)
		spec->targets = g_array_new(FALSE, FALSE, sizeof number);
	if (spec->targets->len < SPEC_MAX)
		g_array_append_val(spec->targets, number);
	else
		specs->full = true;
}

/* The value stands elsewhere: each object of that number may be it. */
static void
read_elsewhere(struct pdf_specs *specs, uint32_t number, struct spec *spec, enum role role)
{
	const char *at = specs->lexer.at, *end = specs->lexer.end;
	const struct pdf_object *object;

	if (specs->elsewhere)
		return;
	specs->elsewhere = true;
	for (unsigned i = 0;
	     i < PDF_VERSIONS_MAX && (object = pdf_specs_find(specs, number, i)) != NULL; i++) {
		specs->lexer.at = object->at;
		specs->lexer.end = object->end;
		read_value(specs, pdf_next(&specs->lexer), spec, role, 1);
		if (!pdf_specs_worked(specs, (size_t)(specs->lexer.at - object->at)))
			break;
	}
	specs->elsewhere = specs->ended = false;
	specs->lexer.at = at;
	specs->lexer.end = end;
}

/* What has begun outside ends with that. */
static bool
is_end(struct pdf_specs *specs, enum pdf_token token)
{
	static const char *const words[] = { "obj", "endobj", "stream", NULL };

	specs->ended |= token == PDF_END ||
			(token == PDF_WORD && g_strv_contains(words, specs->lexer.text->str));
	return specs->ended;
}

static enum role
role_of(const char *key)
{
	for (unsigned i = 0; i < G_N_ELEMENTS(keys); i++) {
		if (strcmp(key, keys[i].key) == 0)
			return keys[i].role;
	}
	return ROLE_OTHER;
}

static void
read_array(struct pdf_specs *specs, struct spec *spec, enum role role, unsigned depth)
{
	enum pdf_token token;

	while (!is_end(specs, token = pdf_next(&specs->lexer)) && token != PDF_ARRAY_END)
		read_value(specs, token, spec, role, depth);
}

/* `files` is whose objects these are; NULL: it is a dictionary by itself. */
static void
read_dictionary(struct pdf_specs *specs, struct spec *files, unsigned depth)
{
	struct spec own = { 0 };
	enum pdf_token token;

	while (!is_end(specs, token = pdf_next(&specs->lexer)) && token != PDF_DICTIONARY_END) {
		enum role role = ROLE_OTHER;

		if (token == PDF_NAME) {
			role = files != NULL ? ROLE_FILE : role_of(specs->lexer.text->str);
			token = pdf_next(&specs->lexer);
			if (is_end(specs, token) || token == PDF_DICTIONARY_END)
				break;
		}
		read_value(specs, token, files != NULL ? files : &own, role, depth);
	}
	end_spec(specs, &own);
}

static void
read_value(struct pdf_specs *specs, enum pdf_token token, struct spec *spec, enum role role,
    unsigned depth)
{
	bool opens = token == PDF_DICTIONARY || token == PDF_ARRAY;

	if (opens && depth >= DEPTH_MAX) {
		specs->full = specs->ended = true;
	} else if (token == PDF_DICTIONARY) {
		read_dictionary(specs, role == ROLE_FILES ? spec : NULL, depth + 1);
	} else if (token == PDF_ARRAY) {
		read_array(specs, spec, role == ROLE_FILE ? role : ROLE_OTHER, depth + 1);
	} else if (token == PDF_STRING && (role == ROLE_NAME || role == ROLE_FILE)) {
		add_name(specs, spec);
	} else if (token == PDF_NUMBER && pdf_is_reference(&specs->lexer)) {
		uint32_t number = (uint32_t)specs->lexer.number;

		if (role == ROLE_FILE)
			add_target(specs, spec, number);
		else if (role != ROLE_OTHER)
			read_elsewhere(specs, number, spec, role);
	}
}

void
pdf_specs_read(struct pdf_specs *specs, const struct pdf_object *object)
{
	struct spec none = { 0 };

	specs->ended = specs->elsewhere = false;
	specs->lexer.at = object->at;
	specs->lexer.end = object->end;
	read_value(specs, pdf_next(&specs->lexer), &none, ROLE_OTHER, 0);
	pdf_specs_worked(specs, (size_t)(specs->lexer.at - object->at));
}
