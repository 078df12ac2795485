/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CORE_PLUGIN_HOST_MESSAGE_H
#define CORE_PLUGIN_HOST_MESSAGE_H
/*
 * What plugins may ask of, and do to, a message as it lies in the queue: members of struct mailscanner_host, whose header says what
 * each promises.
 */
#include "plugins/mailscanner.h"

const char *host_id(struct mailscanner_message *message);
const char *host_sender(struct mailscanner_message *message);
const char *const *host_recipients(struct mailscanner_message *message);
const char *host_client_address(struct mailscanner_message *message);
uint64_t host_bytes(struct mailscanner_message *message);
int64_t host_received(struct mailscanner_message *message);
const char *host_header(struct mailscanner_message *message, const char *name);
const char *host_next_header(struct mailscanner_message *message, size_t *position);
const char *host_next_field(struct mailscanner_message *message, const char *name,
    enum mailscanner_form form, size_t *position);
const char *host_next_original(struct mailscanner_message *message, size_t *position);
const char *host_control(struct mailscanner_message *message, size_t *length);
size_t host_body(struct mailscanner_message *message, uint64_t offset, void *buffer, size_t size);
int host_edit_header(struct mailscanner_message *message, enum mailscanner_header_edit edit,
    const char *name, const char *value);
int host_add_recipient(struct mailscanner_message *message, const char *address);
int host_redirect(struct mailscanner_message *message, const char *const *addresses);
void host_attach(
    struct mailscanner_message *message, const void *key, void *data, void (*release)(void *data));
void *host_attached(struct mailscanner_message *message, const void *key);

#endif
