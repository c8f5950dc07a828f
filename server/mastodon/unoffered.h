/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * What apps ask every server for and this one never has: proofs by Keybase, campaigns for donations, reports of a year. They
 * are answered as by a Mastodon where there are none. */
#ifndef COMPTOIR_SERVER_MASTODON_UNOFFERED_H
#define COMPTOIR_SERVER_MASTODON_UNOFFERED_H

#include "server/http/request.h"

enum error handle_identity_proofs(struct request *request) MUST_CHECK;
enum error handle_donation_campaigns(struct request *request) MUST_CHECK;
enum error handle_annual_reports(struct request *request) MUST_CHECK;
enum error handle_annual_report_state(struct request *request) MUST_CHECK;

#endif
