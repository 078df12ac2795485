-- SPDX-License-Identifier: GPL-2.0-or-later
-- The smallest function: signatures for mail of our own domain.
--
--	Sign Clean Messages = &Ours("example.com")

function Ours(message, domain)
	return message ~= nil and message.sender.domain == domain
end
