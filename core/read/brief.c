/* SPDX-License-Identifier: GPL-2.0-or-later */
/* One place for the figures that tests and fuzzers read mail with: those of the shipped configuration. */
#include "core/read/brief.h"

void
brief_init(struct brief *brief)
{
	*brief = (struct brief){
		.max_depth = 100,
		.max_parts = 200,
		.max_header = UINT64_C(1) << 20,
		.max_archive_depth = 8,
		.max_files = 10000,
		.max_bytes = UINT64_C(200) << 20,
		.max_ratio = 250,
		.seconds = 30,
		.find_archives_by_content = true,
		.find_uuencoded = true,
		.unpack_documents = true,
		.expand_tnef = true,
		.list_archives = true,
		.want_types = true,
		.want_mime_types = true,
		.want_html = true,
		.want_digests = true,
	};
}
