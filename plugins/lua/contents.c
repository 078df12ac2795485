/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Parts refer to each other as tables, not by number, since Lua counts from 1 and the program from 0.
 */
#include "plugins/lua/contents.h"

#include <jansson.h>
#include <lauxlib.h>

#include "plugins/lua/guard.h"
#include "plugins/lua/library.h"

static const struct {
	const char *name;
	enum mailscanner_part_text what;
} part_texts[] = {
	{ "kind", MAILSCANNER_PART_KIND },
	{ "type", MAILSCANNER_PART_TYPE },
	{ "declared", MAILSCANNER_PART_DECLARED },
	{ "detected", MAILSCANNER_PART_DETECTED },
	{ "description", MAILSCANNER_PART_DESCRIPTION },
	{ "name", MAILSCANNER_PART_NAME },
	{ "disposition", MAILSCANNER_PART_DISPOSITION },
	{ "encoding", MAILSCANNER_PART_ENCODING },
	{ "charset", MAILSCANNER_PART_CHARSET },
	{ "content_id", MAILSCANNER_PART_CONTENT_ID },
	{ "digest", MAILSCANNER_PART_DIGEST },
};

static const struct {
	const char *name;
	enum mailscanner_part_number what;
} part_numbers[] = {
	{ "size", MAILSCANNER_PART_SIZE },
	{ "depth", MAILSCANNER_PART_DEPTH },
	{ "archive_depth", MAILSCANNER_PART_ARCHIVE_DEPTH },
	{ "reading", MAILSCANNER_PART_READING },
};

static const struct {
	const char *name;
	enum mailscanner_finding_text what;
} finding_texts[] = {
	{ "kind", MAILSCANNER_FINDING_KIND },
	{ "text", MAILSCANNER_FINDING_TEXT },
	{ "rule", MAILSCANNER_FINDING_RULE },
	{ "who", MAILSCANNER_FINDING_WHO },
	{ "key", MAILSCANNER_FINDING_KEY },
};

static void
set_text(lua_State *state, const char *name, const char *text)
{
	lua_pushstring(state, text);
	lua_setfield(state, -2, name);
}

/* Lets the table on top have the list's n-th (from 0) part under that name; nothing where n is none. */
static void
set_part(lua_State *state, int list, const char *name, int64_t n)
{
	if (n < 0)
		return;
	lua_rawgeti(state, list, (lua_Integer)n + 1);
	lua_setfield(state, -2, name);
}

static void
set_names(lua_State *state, struct mailscanner_message *message, size_t part)
{
	const char *name;

	lua_newtable(state);
	for (size_t n = 0; (name = lua_host->part_name(message, part, n)) != NULL; n++) {
		lua_pushstring(state, name);
		lua_rawseti(state, -2, (lua_Integer)n + 1);
	}
	lua_setfield(state, -2, "names");
}

/* From the list of its flags in the facts, which the program keeps as a tree. */
static void
set_flags(lua_State *state, struct mailscanner_message *message, size_t part)
{
	const char *path = lua_pushfstring(state, "facts.parts.%d.facts", (int)part);
	size_t count = lua_host->fact_count(message, path);

	lua_createtable(state, 0, (int)count);
	for (size_t n = 0; n < count; n++) {
		path = lua_pushfstring(state, "facts.parts.%d.facts.%d", (int)part, (int)n);
		const char *flag = lua_host->fact_text(message, path);

		lua_pop(state, 1);
		if (flag == NULL)
			continue;
		lua_pushboolean(state, 1);
		lua_setfield(state, -2, flag);
	}
	lua_setfield(state, -3, "flags");
	lua_pop(state, 1);
}

/* Pushes it. Parts before it are in the list already, and the ones that it refers to are among those. */
static void
push_part(lua_State *state, struct mailscanner_message *message, int list, size_t part)
{
	int64_t from = lua_host->part_number(message, part, MAILSCANNER_PART_UNPACKED_FROM);

	lua_createtable(state, 0, 20);
	lua_pushinteger(state, (lua_Integer)part + 1);
	lua_setfield(state, -2, "index");
	for (size_t i = 0; i < sizeof part_texts / sizeof *part_texts; i++)
		set_text(state, part_texts[i].name,
		    lua_host->part_text(message, part, part_texts[i].what));
	for (size_t i = 0; i < sizeof part_numbers / sizeof *part_numbers; i++) {
		lua_pushinteger(state, lua_host->part_number(message, part, part_numbers[i].what));
		lua_setfield(state, -2, part_numbers[i].name);
	}
	set_part(
	    state, list, "parent", lua_host->part_number(message, part, MAILSCANNER_PART_PARENT));
	set_part(state, list, "unpacked_from", from != (int64_t)part ? from : -1);
	set_names(state, message, part);
	set_flags(state, message, part);
}

void
contents_push_parts(lua_State *state, struct mailscanner_message *message)
{
	size_t count = lua_host->parts(message);

	luaL_checkstack(state, 10, "no room");
	lua_createtable(state, (int)count, 0);
	int list = lua_gettop(state);
	for (size_t part = 0; part < count; part++) {
		push_part(state, message, list, part);
		lua_rawseti(state, list, (lua_Integer)part + 1);
	}
}

void
contents_push_findings(lua_State *state, struct mailscanner_message *message)
{
	size_t count = lua_host->findings(message);

	luaL_checkstack(state, 10, "no room");
	lua_getfield(state, 1, "parts");
	int parts = lua_gettop(state);
	lua_createtable(state, (int)count, 0);
	for (size_t n = 0; n < count; n++) {
		lua_createtable(state, 0, 6);
		for (size_t i = 0; i < sizeof finding_texts / sizeof *finding_texts; i++)
			set_text(state, finding_texts[i].name,
			    lua_host->finding_text(message, n, finding_texts[i].what));
		set_part(state, parts, "part", lua_host->finding_part(message, n));
		lua_rawseti(state, -2, (lua_Integer)n + 1);
	}
	lua_remove(state, parts);
}

void
contents_push_fate(lua_State *state, struct mailscanner_message *message)
{
	lua_pushstring(state, lua_host->fact_text(message, "fate.kind"));
}
