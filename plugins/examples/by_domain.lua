-- SPDX-License-Identifier: GPL-2.0-or-later
-- A ruleset for each domain of recipients, in files that the domains' own administrators may edit:
--
--	Virus Scanning = &RulesOfDomain("/etc/MailScanner/rules/virus")
--
-- looks into /etc/MailScanner/rules/virus/example.com.rules for mail to example.com. It gives the file's name, and the
-- program asks the rules in it; where there is none, the directive's default counts.

-- What a file name may be made of: a domain comes from mail.
local function is_plain(domain)
	return domain:match("^[a-z0-9][a-z0-9.-]*$") and not domain:find("..", 1, true)
end

function RulesOfDomain(message, directory)
	local first = message and message.recipients[1]
	if not first or not is_plain(first.domain) then
		return nil
	end
	return mailscanner.ruleset(message, "Virus Scanning", directory .. "/" .. first.domain .. ".rules")
end
