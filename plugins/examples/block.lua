-- SPDX-License-Identifier: GPL-2.0-or-later
-- Counts the messages of each client, all workers together, and rejects those of a client with more than so many an hour:
--
--	Reject Message = &TooMany(100)
--
-- Clients without an address (mail of this machine) are never blocked.

function TooMany(message, limit)
	if message == nil or message.client.ip == "" then
		return false
	end
	-- One look-up may follow another for the same message; it counts once.
	if message.too_many == nil then
		local sum = mailscanner.store.add("TooMany " .. message.client.ip, 1, 3600)
		message.too_many = sum > tonumber(limit)
		if message.too_many then
			mailscanner.notice("TooMany: %s has sent %d messages within an hour", message.client.ip, sum)
		end
	end
	return message.too_many
end
