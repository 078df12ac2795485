/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A field is made when it is first asked for, and remembered.
 */
#include "plugins/lua/message.h"

#include <string.h>

#include <lauxlib.h>

#include "plugins/lua/contents.h"
#include "plugins/lua/guard.h"
#include "plugins/lua/headers.h"
#include "plugins/lua/held.h"
#include "plugins/lua/library.h"

#define BODY_MAX (1 << 20) /* bytes that it gets at once */

static void
push_lower(lua_State *state, const char *text)
{
	luaL_Buffer buffer;

	luaL_buffinit(state, &buffer);
	for (; *text != '\0'; text++)
		luaL_addchar(&buffer, *text >= 'A' && *text <= 'Z' ? *text | 0x20 : *text);
	luaL_pushresult(&buffer);
}

static void
push_address(lua_State *state, const char *address)
{
	const char *at = strrchr(address, '@');
	size_t user = at != NULL ? (size_t)(at - address) : strlen(address);

	lua_createtable(state, 0, 3);
	lua_pushstring(state, address);
	lua_setfield(state, -2, "address");
	lua_pushlstring(state, address, user);
	lua_setfield(state, -2, "user");
	push_lower(state, at != NULL ? at + 1 : "");
	lua_setfield(state, -2, "domain");
}

static void
push_id(lua_State *state, struct mailscanner_message *message)
{
	lua_pushstring(state, lua_host->id(message));
}

static void
push_size(lua_State *state, struct mailscanner_message *message)
{
	lua_pushinteger(state, (lua_Integer)lua_host->bytes(message));
}

static void
push_received(lua_State *state, struct mailscanner_message *message)
{
	lua_pushinteger(state, lua_host->received(message));
}

static void
push_subject(lua_State *state, struct mailscanner_message *message)
{
	lua_pushstring(state, lua_host->header(message, "Subject"));
}

static void
push_sender(lua_State *state, struct mailscanner_message *message)
{
	push_address(state, lua_host->sender(message));
}

static void
push_recipients(lua_State *state, struct mailscanner_message *message)
{
	const char *const *all = lua_host->recipients(message);

	lua_newtable(state);
	for (lua_Integer i = 0; all[i] != NULL; i++) {
		push_address(state, all[i]);
		lua_rawseti(state, -2, i + 1);
	}
}

/* A member of the fact "envelope". */
static void
push_envelope(lua_State *state, struct mailscanner_message *message, const char *member)
{
	const char *json = lua_host->fact(message, "envelope");

	if (json == NULL) {
		lua_pushnil(state);
		return;
	}
	library_push_json(state, json);
	lua_getfield(state, -1, member);
	lua_remove(state, -2);
}

static void
push_client(lua_State *state, struct mailscanner_message *message)
{
	lua_createtable(state, 0, 2);
	lua_pushstring(state, lua_host->client_address(message));
	lua_setfield(state, -2, "ip");
	push_envelope(state, message, "client_name");
	lua_setfield(state, -2, "name");
}

static void
push_helo(lua_State *state, struct mailscanner_message *message)
{
	push_envelope(state, message, "helo");
}

static void
push_protocol(lua_State *state, struct mailscanner_message *message)
{
	push_envelope(state, message, "protocol");
}

static void
push_auth(lua_State *state, struct mailscanner_message *message)
{
	push_envelope(state, message, "auth_id");
}

static const struct {
	const char *name;
	void (*push)(lua_State *state, struct mailscanner_message *message);
	int where;
} fields[] = {
	{ "id", push_id, HELD_KEPT },
	{ "size", push_size, HELD_KEPT },
	{ "received", push_received, HELD_KEPT },
	{ "subject", push_subject, HELD_KEPT },
	{ "sender", push_sender, HELD_KEPT },
	{ "recipients", push_recipients, HELD_KEPT },
	{ "client", push_client, HELD_KEPT },
	{ "helo", push_helo, HELD_KEPT },
	{ "protocol", push_protocol, HELD_KEPT },
	{ "auth", push_auth, HELD_KEPT },
	{ "headers", headers_push, HELD_KEPT },
	{ "parts", contents_push_parts, HELD_PASSING },
	{ "findings", contents_push_findings, HELD_PASSING },
	{ "fate", contents_push_fate, HELD_PASSING },
};

/* Pushes the field that it makes, and keeps it; nothing when it is none of ours. */
static int
make_field(lua_State *state, const char *name)
{
	for (size_t i = 0; i < sizeof fields / sizeof *fields; i++) {
		if (strcmp(fields[i].name, name) != 0)
			continue;
		fields[i].push(state, held_check(state, 1));
		lua_getiuservalue(state, 1, fields[i].where);
		lua_pushvalue(state, -2);
		lua_setfield(state, -2, name);
		lua_pop(state, 1);
		return 1;
	}
	return 0;
}

static void
forget_what_passed(lua_State *state)
{
	struct held *held = luaL_checkudata(state, 1, HELD_TYPE);
	uint64_t now = held->message != NULL ? lua_host->revision(held->message) : held->revision;

	if (now == held->revision)
		return;
	held->revision = now;
	lua_newtable(state);
	lua_setiuservalue(state, 1, HELD_PASSING);
}

/* What was kept, a method, a field. */
static int
index_message(lua_State *state)
{
	forget_what_passed(state);
	for (int where = HELD_KEPT; where <= HELD_PASSING; where++) {
		lua_getiuservalue(state, 1, where);
		lua_pushvalue(state, 2);
		if (lua_rawget(state, -2) != LUA_TNIL)
			return 1;
		lua_pop(state, 2);
	}
	lua_pushvalue(state, 2);
	if (lua_rawget(state, lua_upvalueindex(1)) != LUA_TNIL)
		return 1;
	return lua_type(state, 2) == LUA_TSTRING ? make_field(state, lua_tostring(state, 2)) : 0;
}

static int
set_field(lua_State *state)
{
	luaL_checkudata(state, 1, HELD_TYPE);
	lua_getiuservalue(state, 1, HELD_KEPT);
	lua_pushvalue(state, 2);
	lua_pushvalue(state, 3);
	lua_rawset(state, -3);
	return 0;
}

static int
fact(lua_State *state)
{
	const char *json = lua_host->fact(held_check(state, 1), luaL_checkstring(state, 2));

	if (json == NULL)
		return 0;
	library_push_json(state, json);
	return 1;
}

/* message:dump([path]) */
static int
dump(lua_State *state)
{
	struct mailscanner_message *message = held_check(state, 1);

	lua_pushboolean(state, lua_host->dump(message, luaL_optstring(state, 2, NULL)));
	return 1;
}

static int
body(lua_State *state)
{
	struct mailscanner_message *message = held_check(state, 1);
	lua_Integer wanted = luaL_optinteger(state, 2, BODY_MAX);
	luaL_Buffer buffer;

	luaL_argcheck(state, wanted >= 0, 2, "no number of bytes");
	size_t size = wanted < BODY_MAX ? (size_t)wanted : BODY_MAX;
	char *bytes = luaL_buffinitsize(state, &buffer, size);
	luaL_pushresultsize(&buffer, lua_host->body(message, 0, bytes, size));
	return 1;
}

static int
edit(lua_State *state, enum mailscanner_header_edit kind, const char *value)
{
	struct mailscanner_message *message = held_check(state, 1);
	const char *name = luaL_checkstring(state, 2);

	lua_pushboolean(state, lua_host->edit_header(message, kind, name, value));
	return 1;
}

static int
add_header(lua_State *state)
{
	return edit(state, MAILSCANNER_HEADER_ADD, luaL_checkstring(state, 3));
}

static int
set_header(lua_State *state)
{
	return edit(state, MAILSCANNER_HEADER_REPLACE, luaL_checkstring(state, 3));
}

static int
remove_header(lua_State *state)
{
	return edit(state, MAILSCANNER_HEADER_REMOVE, NULL);
}

static int
add_recipient(lua_State *state)
{
	struct mailscanner_message *message = held_check(state, 1);

	lua_pushboolean(state, lua_host->add_recipient(message, luaL_checkstring(state, 2)));
	return 1;
}

static int
describe(lua_State *state)
{
	const struct held *held = luaL_checkudata(state, 1, HELD_TYPE);

	lua_pushfstring(
	    state, "message %s", held->message != NULL ? lua_host->id(held->message) : "(gone)");
	return 1;
}

void
message_open(lua_State *state)
{
	static const luaL_Reg methods[] = { { "fact", fact }, { "dump", dump },
		{ "fields", headers_named }, { "body", body }, { "add_header", add_header },
		{ "set_header", set_header }, { "remove_header", remove_header },
		{ "add_recipient", add_recipient }, { NULL, NULL } };

	luaL_newmetatable(state, HELD_TYPE);
	luaL_newlib(state, methods);
	lua_pushcclosure(state, index_message, 1);
	lua_setfield(state, -2, "__index");
	lua_pushcfunction(state, set_field);
	lua_setfield(state, -2, "__newindex");
	lua_pushcfunction(state, describe);
	lua_setfield(state, -2, "__tostring");
	/* Scripts get no hold of this table. */
	lua_pushboolean(state, 0);
	lua_setfield(state, -2, "__metatable");
	lua_pop(state, 1);
}

void
message_push_batch(lua_State *state, struct mailscanner_batch *batch)
{
	struct mailscanner_message *message;
	size_t position = 0;

	library_push_json(state, lua_host->batch_fact(batch));
	lua_newtable(state);
	for (lua_Integer i = 1; (message = lua_host->next_message(batch, &position)) != NULL; i++) {
		held_push(state, message);
		lua_rawseti(state, -2, i);
	}
	lua_setfield(state, -2, "messages");
}
