-- SPDX-License-Identifier: GPL-2.0-or-later
-- A file for each message with all that is known of it when it has left, as JSON (mailscanner-message(5)):
--
--	Always Looked Up Last = &Record("/var/spool/MailScanner/record")
--
-- The directory must be there and belong to Run As User. Files are named for the queue ids, and nothing removes them.

function InitRecord(directory)
	if directory == nil or directory:sub(1, 1) ~= "/" then
		error("which directory? An absolute path is needed", 0)
	end
end

function Record(message, directory)
	if message ~= nil then
		message:dump(directory .. "/" .. message.id .. ".json")
	end
end
