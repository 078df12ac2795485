-- SPDX-License-Identifier: GPL-2.0-or-later
-- A line in the log for each message and each batch, when they have left:
--
--	Always Looked Up Last             = &LogMessage
--	Always Looked Up Last After Batch = &LogBatch

local count

function InitLogMessage()
	count = 0
end

function LogMessage(message)
	count = count + 1
	mailscanner.info("LogMessage: %s from %s, %d bytes, %d recipients: %s", message.id, message.sender.address,
		message.size, #message.recipients, message:fact("fate").kind)
end

function EndLogMessage()
	mailscanner.info("LogMessage: %d messages in this worker", count)
end

function LogBatch(batch)
	mailscanner.info("LogBatch: %d messages, %d bytes", #batch.messages, batch.bytes)
end
