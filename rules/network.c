/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Whatever a rule writes becomes a few networks here, even the beginning of an octet, so that
 * nothing needs a comparison of texts when mail comes.
 */
#include "rules/network.h"

#include <arpa/inet.h>
#include <string.h>

#define HEXADECIMAL "0123456789abcdefABCDEF"
#define DECIMAL "0123456789"

static const uint8_t mapped[12] = { 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff };

static G_DEFINE_QUARK(network_error, network_error)

    static bool G_GNUC_PRINTF(2, 3) fail(GError **error, const char *format, ...)
{
	va_list arguments;

	va_start(arguments, format);
	if (error)
		*error = g_error_new_valist(network_error_quark(), 0, format, arguments);
	va_end(arguments);
	return false;
}

unsigned
ip_bits(enum ip_family family)
{
	return family == IP_V4 ? 32 : 128;
}

bool
ip_parse(const char *text, struct ip *ip)
{
	memset(ip, 0, sizeof(*ip));
	if (inet_pton(AF_INET, text, ip->bytes) == 1) {
		ip->family = IP_V4;
		return true;
	}
	if (inet_pton(AF_INET6, text, ip->bytes) != 1)
		return false;
	ip->family = IP_V6;
	if (memcmp(ip->bytes, mapped, sizeof(mapped)) == 0) {
		ip->family = IP_V4;
		memcpy(ip->bytes, ip->bytes + 12, 4);
		memset(ip->bytes + 4, 0, 12);
	}
	return true;
}

char *
ip_text(const struct ip *ip)
{
	char text[INET6_ADDRSTRLEN] = "";

	if (ip->family != IP_NONE)
		inet_ntop(ip->family == IP_V4 ? AF_INET : AF_INET6, ip->bytes, text, sizeof(text));
	return g_strdup(text);
}

bool
network_looks_like(const char *word)
{
	if (*word == '\0')
		return false;
	if (word[strspn(word, DECIMAL ".")] == '\0')
		return true;
	return strchr(word, ':') && word[strspn(word, HEXADECIMAL ".:")] == '\0';
}

static void
append(GArray *networks, const struct ip *ip, unsigned bits)
{
	struct network network = { *ip, bits };

	for (unsigned i = 0; i < ip_bits(ip->family); i++) {
		if (i >= bits)
			network.ip.bytes[i / 8] &= (uint8_t) ~(0x80 >> i % 8);
	}
	g_array_append_val(networks, network);
}

/* Reads up to four octets; returns how many, -1 when there is something else. `*open`: the text
 * ends within an octet, not behind a dot. */
static int
read_octets(const char *text, uint8_t octets[4], bool *open)
{
	int n = 0;

	*open = false;
	while (*text != '\0') {
		size_t digits = strspn(text, DECIMAL);
		if (n == 4 || digits == 0 || digits > 3 || (text[digits] != '.' && text[digits]))
			return -1;
		guint64 octet = g_ascii_strtoull(text, NULL, 10);
		if (octet > 255)
			return -1;
		octets[n++] = (uint8_t)octet;
		*open = text[digits] == '\0';
		text += digits + !*open;
	}
	return *open || n < 4 ? n : -1;
}

/* The octets that begin with the same digits: 1 gives 1, 10 to 19, 100 to 199. */
static void
append_octets(GArray *networks, struct ip *ip, unsigned n, bool *partial)
{
	unsigned octet = ip->bytes[n - 1];

	for (unsigned scale = 1; scale <= 100; scale *= 10) {
		if (scale > 1 && octet == 0)
			break;
		for (unsigned i = 0; i < scale && octet * scale + i <= 255; i++) {
			ip->bytes[n - 1] = (uint8_t)(octet * scale + i);
			append(networks, ip, 8 * n);
			*partial = *partial || scale > 1;
		}
	}
}

static bool
parse_v4_beginning(const char *word, GArray *networks, bool *partial, GError **error)
{
	struct ip ip = { .family = IP_V4 };
	bool open;
	int n = read_octets(word, ip.bytes, &open);

	if (n <= 0)
		return fail(error, "\"%s\" is no IPv4 address and no beginning of one", word);
	if (open && n < 4)
		append_octets(networks, &ip, (unsigned)n, partial);
	else
		append(networks, &ip, 8 * (unsigned)n);
	return true;
}

static void
set_group(struct ip *ip, unsigned n, unsigned group)
{
	ip->bytes[2 * n] = (uint8_t)(group >> 8);
	ip->bytes[2 * n + 1] = (uint8_t)group;
}

/* Groups that begin with the same digits: 1 gives 1, 10 to 1f, 100 to 1ff, 1000 to 1fff. */
static void
append_groups(GArray *networks, struct ip *ip, unsigned n, unsigned group, bool *partial)
{
	set_group(ip, n, group);
	append(networks, ip, 16 * (n + 1));
	for (unsigned more = 4; group != 0 && group << more <= 0xffff && more <= 12; more += 4) {
		set_group(ip, n, group << more);
		append(networks, ip, 16 * (n + 1) - more);
		*partial = true;
	}
}

/*
 * The beginning of an IPv6 address: "2001:db8:" and "2001:db8" end at a group and within one;
 * "2001:db8::" asks for at least one zero group, which is what the text "::" says.
 */
static bool
parse_v6_beginning(const char *word, GArray *networks, bool *partial, GError **error)
{
	struct ip ip = { .family = IP_V6 };
	const char *text = word;

	for (unsigned n = 0; n < 8; n++) {
		size_t digits = strspn(text, HEXADECIMAL);
		if (digits > 4)
			break;
		unsigned group = (unsigned)g_ascii_strtoull(text, NULL, 16);
		if (text[digits] == '\0' && (digits > 0 || n > 0)) {
			if (digits == 0)
				append(networks, &ip, 16 * n);
			else
				append_groups(networks, &ip, n, group, partial);
			return true;
		}
		if (n > 0 && strcmp(text, ":") == 0) {
			append(networks, &ip, 16 * (n + 1));
			return true;
		}
		if (digits == 0 || text[digits] != ':')
			break;
		set_group(&ip, n, group);
		text += digits + 1;
	}
	return fail(error, "\"%s\" is no IPv6 address and no beginning of one", word);
}

static bool
parse_beginning(const char *word, GArray *networks, bool *partial, GError **error)
{
	struct ip ip;

	if (!strchr(word, ':'))
		return parse_v4_beginning(word, networks, partial, error);
	if (g_ascii_strncasecmp(word, "::ffff:", 7) == 0 && strchr(word, '.'))
		return parse_v4_beginning(word + 7, networks, partial, error);
	if (!g_str_has_suffix(word, "::") && ip_parse(word, &ip)) {
		append(networks, &ip, ip_bits(ip.family));
		return true;
	}
	if (strcmp(word, "::") == 0)
		word = "0::";
	return parse_v6_beginning(word, networks, partial, error);
}

/* How many bits a mask such as 255.255.0.0 has; -1 when it is none. */
static int
mask_bits(const struct ip *mask)
{
	unsigned size = ip_bits(mask->family), bits = 0;

	while (bits < size && mask->bytes[bits / 8] & 0x80 >> bits % 8)
		bits++;
	for (unsigned i = bits; i < size; i++) {
		if (mask->bytes[i / 8] & 0x80 >> i % 8)
			return -1;
	}
	return (int)bits;
}

/* The left side of "/": missing octets are zero. */
static bool
parse_base(const char *text, struct ip *ip)
{
	bool open;

	if (ip_parse(text, ip))
		return true;
	memset(ip, 0, sizeof(*ip));
	ip->family = IP_V4;
	return !strchr(text, ':') && read_octets(text, ip->bytes, &open) > 0;
}

static bool
parse_block(const char *word, const char *slash, GArray *networks, GError **error)
{
	g_autofree char *left = g_strndup(word, (gsize)(slash - word));
	const char *right = slash + 1;
	struct ip ip, mask;
	guint64 bits;

	if (!parse_base(left, &ip))
		return fail(error, "\"%s\" in \"%s\" is no address", left, word);
	/* ::ffff:10.0.0.0/104 speaks of IPv4 in the numbers of IPv6. */
	unsigned shift = ip.family == IP_V4 && strchr(left, ':') ? 96 : 0;
	if (g_ascii_string_to_unsigned(right, 10, shift, ip_bits(ip.family) + shift, &bits, NULL)) {
		append(networks, &ip, (unsigned)bits - shift);
		return true;
	}
	if (!ip_parse(right, &mask) || mask.family != ip.family)
		return fail(error, "\"%s\" in \"%s\" is neither a mask nor a number from %u to %u",
		    right, word, shift, ip_bits(ip.family) + shift);
	int mask_length = mask_bits(&mask);
	if (mask_length < 0)
		return fail(error, "the mask in \"%s\" has a gap", word);
	append(networks, &ip, (unsigned)mask_length);
	return true;
}

/* Adds 2^power; true when that leaves the address space. */
static bool
step(struct ip *ip, unsigned power)
{
	unsigned i = (ip_bits(ip->family) - 1 - power) / 8, carry = 1U << power % 8;

	for (;; i--) {
		carry += ip->bytes[i];
		ip->bytes[i] = (uint8_t)carry;
		carry >>= 8;
		if (carry == 0 || i == 0)
			return carry != 0;
	}
}

/* The largest block that begins at `first` and ends no later than `last`, as a power of two. */
static unsigned
largest_block(const struct ip *first, const struct ip *last)
{
	unsigned size = ip_bits(first->family);
	struct ip end = *first;

	for (unsigned power = 0; power < size; power++) {
		unsigned bit = size - 1 - power;
		if (first->bytes[bit / 8] & 0x80 >> bit % 8)
			return power;
		end.bytes[bit / 8] |= (uint8_t)(0x80 >> bit % 8);
		if (memcmp(end.bytes, last->bytes, size / 8) > 0)
			return power;
	}
	return size;
}

static bool
parse_range(const char *word, const char *dash, GArray *networks, GError **error)
{
	g_autofree char *left = g_strndup(word, (gsize)(dash - word));
	struct ip first, last;

	if (!ip_parse(left, &first) || !ip_parse(dash + 1, &last) || first.family != last.family)
		return fail(error, "\"%s\" is no range between two addresses", word);
	unsigned size = ip_bits(first.family);
	if (memcmp(first.bytes, last.bytes, size / 8) > 0)
		return fail(error, "the range \"%s\" is the wrong way round", word);
	for (;;) {
		unsigned power = largest_block(&first, &last);
		append(networks, &first, size - power);
		if (power == size || step(&first, power) ||
		    memcmp(first.bytes, last.bytes, size / 8) > 0)
			return true;
	}
}

bool
network_parse(const char *word, GArray *networks, bool *partial, GError **error)
{
	const char *slash = strchr(word, '/'), *dash = strchr(word, '-');

	*partial = false;
	if (slash)
		return parse_block(word, slash, networks, error);
	if (dash)
		return parse_range(word, dash, networks, error);
	return parse_beginning(word, networks, partial, error);
}
