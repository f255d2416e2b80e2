"""Every limit and lifetime that is not a code's; those are in `verify/codes.py`.

Seconds unless the name says otherwise. `docs/numbers.md` repeats them and a test compares.
"""

from typing import Final

SHOWING_LIFE: Final = 600
"""Longest time one showing goes on refreshing its code."""
DRAWN_AGAIN: Final = 10
"""A page without a script draws its code anew, and asks what became of it, after this time."""
ASKED_AGAIN: Final = 30
"""With a question on it that page asks again after so long: there is time to read and to tap."""
SAME_DESK_REPEAT: Final = 10
"""Within this time the same desk gets its first answer again."""
FIELDS_READABLE: Final = 120
"""Time after acceptance in which the desk may read the fields again."""

CONSENT_ANSWER: Final = 90
"""Time in which the holder may answer a question; afterwards it counts as not answered."""

DESK_NUMBER_DIGITS: Final = 6
DESK_NUMBER_LIFE: Final = 300
"""A desk's number is good for this time."""
DESK_NUMBER_TRIES: Final = 20
"""A holder looks numbers up so often within `DESK_NUMBER_LIFE`, sending included."""

RECONCILED_WITHIN: Final = 25 * 3600
"""An offline judgement older than this is recorded, not judged again: a bundle lives 24 hours."""

ACCESS_TOKEN_LIFE: Final = 600
CLIENT_ASSERTION_LIFE_MAX: Final = 300
SECRET_OVERLAP_DAYS: Final = 7
"""After a client was given a new secret the one before it goes on for at most so many days."""
HOLDER_SESSION_IDLE: Final = 30 * 60
HOLDER_SESSION_LIFE: Final = 12 * 3600
STAFF_SESSION_IDLE: Final = 30 * 60
STAFF_SESSION_LIFE: Final = 10 * 3600
SESSIONS_SHOWN: Final = 50
"""Places where an account is signed in, on its list of them; of those beyond it says how many."""
STEP_UP_FRESH: Final = 5 * 60
"""What is sensitive is done within this time after whoever does it proved who they are."""
DESK_IDLE_LOCK: Final = 10 * 60
"""A desk that nobody uses for this long locks itself."""
DESK_PLACE_KEPT: Final = 12 * 60 * 60
"""For so long after a shift was handed over whoever signs in at that computer works under its label."""
SESSION_TOUCH: Final = 60
"""A session's last-seen time is written at most this often."""

OIDC_ATTEMPT_LIFE: Final = 10 * 60
"""A sign-in that was begun is finished within this time."""
OIDC_CONNECT: Final = 2
OIDC_WAIT: Final = 4
"""An identity provider that has not said all that is needed by then has not answered."""
OIDC_REST: Final = 30
"""After a failure a process leaves an identity provider alone for this time."""
OIDC_CACHE: Final = 5 * 60
"""Discovery and keys of an identity provider are kept for so long."""
OIDC_KEYS_PAUSE: Final = 60
"""For a key that it does not know a process asks at most this often."""
OIDC_ANSWER_MAX: Final = 256 * 1024
"""Bytes of an identity provider's answer."""
OIDC_CODE_MAX: Final = 4096
"""Characters of an authorization code."""
ID_TOKEN_MAX: Final = 16 * 1024
"""Characters of an ID token."""

IDEMPOTENCY_DAYS: Final = 7
JSON_BODY_MAX: Final = 64 * 1024
LICENCE_BODY_MAX: Final = 1024 * 1024
JUDGEMENTS_BODY_MAX: Final = 256 * 1024
"""Bytes of a desk's offline judgements, each with the text that was scanned."""
BATCH_FILE_MAX: Final = 256 * 1024 * 1024
"""Bytes of a file of licences."""
BATCH_UNPACKED_MAX: Final = 1024 * 1024 * 1024
"""Bytes that an Excel file may unpack to."""
BATCH_STRINGS_MAX: Final = 128 * 1024 * 1024
"""Bytes of its texts and styles, which are held in memory."""
BATCH_PACKED_RATIO: Final = 200
"""A part of an Excel file that unpacks to more than so many times its size is none."""
BATCH_COLUMNS_MAX: Final = 200
BATCH_CHUNK: Final = 200
"""Lines of a batch that are stored in one transaction."""
BATCH_CLAIM: Final = 60
"""A batch nobody has worked on for this time was left by a crash; another goes on with it."""
PHOTO_MAX: Final = 512 * 1024
"""Bytes of a decoded photo."""
PHOTO_PIXELS_MAX: Final = 16_000_000
TEXT_FIELD_MAX: Final = 1000
"""Characters of a text field that has no limit of its own."""

MERCHANT_CHECK_LINES: Final = 10_000
"""Lines of one list that a platform enterprise has checked (M-16)."""
MERCHANT_CHECK_BODY_MAX: Final = 4 * 1024 * 1024
MERCHANT_CHECK_UNPACKED_MAX: Final = 32 * 1024 * 1024
"""Bytes of such a list, and those that an Excel file of one may unpack to."""
MERCHANT_CHECK_SLICE: Final = 250
"""Lines of a list that are answered in one transaction."""
MERCHANT_LINES_PER_DAY: Final = 100_000
"""Lines in a local day, where the grant has no quota of its own."""
MERCHANT_REF_MAX: Final = 64
"""Characters by which a platform names a line."""
MERCHANT_CHECK_DAYS: Final = 30
"""A list that was answered is kept for so long, or as long as the platform is told of changes."""
MERCHANT_SUBSCRIPTION_DAYS: Final = 365
"""A platform is told of changes for so long, unless it asks again."""
WEBHOOK_ADDRESS_MAX: Final = 500
"""Characters of an address that webhooks go to."""

DEPRECATION_DAYS: Final = 365
"""A route of the API is announced as deprecated at least so many days before it may be gone."""

UNIT_NAME_MAX: Final = 120
"""Characters of a unit's name."""
LOGIN_MAX: Final = 64
"""Characters of a staff member's login."""
STAFF_NAME_MAX: Final = 50
"""Characters of a staff member's name, and of the label of their desk."""

LOOK_UPS_PER_DAY_MAX: Final = 10_000
"""A grant allows at most so many holders to be looked up by name and code in a day."""
LOOK_UP_CAUSE_MAX: Final = 200
LOOK_UP_CASE_MAX: Final = 64
"""Characters of why somebody is looked up, and of the number of the unit's case."""
PAPER_WANTED_DAYS: Final = 30
"""The managers' home tells how often desks wanted paper that the library holds in so many days."""
PAPER_REASON_MAX: Final = 200
"""Characters of the reason for which a desk wants paper that the library holds, and of its basis."""

SUSPEND_AFTER: Final = 10
"""So many requests of one account beyond its grants suspend a social relying party's grants."""
SUSPEND_WITHIN_MINUTES: Final = 10
"""The minutes in which they come, unless the managing unit has set another rule."""
SUSPEND_AFTER_MAX: Final = 1000
"""A rule counts to so many at most."""
SUSPEND_WITHIN_MINUTES_MAX: Final = 24 * 60

PAGE_LIMIT_MAX: Final = 200
PAGE_LIMIT: Final = 50
CARDS_SHOWN: Final = 60
"""Licences on one page of the wallet; for more there is a next page, and the search."""
ITEM_MATERIALS_MAX: Final = 20
MATERIAL_TYPES_MAX: Final = 20
"""Materials of a use item, and licence types that satisfy one."""
PUBLISH_AHEAD_DAYS: Final = 365
"""A version of a use item counts from a day at most so far ahead."""
CHANNEL_MIN: Final = 6
"""Letters and characters with which an item at least says how it is done without a phone."""
MATTERS_SHOWN: Final = 8
"""Matters that a holder is offered before showing; for others there is the search."""

DESK_PER_SECOND: Final = 10
HOLDER_PER_SECOND: Final = 5
PUBLIC_CHECKS_PER_MINUTE: Final = 30
CODE_PER_MINUTE: Final = 30
"""One code is judged at most so often in a minute; what comes beyond is not judged."""
CLIENT_KEYS: Final = 4
"""A machine client has so many public keys of its own at most: two, and two to follow."""
CLIENT_REFUSALS_PER_MINUTE: Final = 30
"""So many vain tries of a machine client to prove who it is are recorded in a minute; beyond that is 429."""
REPORTS_PER_SECOND: Final = 1
"""A desk tells of its offline judgements so often: each time up to 50, a transaction for each."""
GRANT_ENDS_DAYS: Final = 30
"""Days before its last one on which a party is told that a grant ends."""
GRANT_ENDS_AGAIN_DAYS: Final = 7
"""And once more."""
TRAFFIC_DAYS: Final = 7
"""Local days of which managers see what was done under a grant, today among them."""
DEMO_LIMIT_FACTOR: Final = 100
"""The demo multiplies the rate limits by this, so that tests may hurry."""

ASSISTANCE_LIFE: Final = 15 * 60
"""An assisted session ends by itself after this time."""
ASSISTANCES_PER_MINUTE: Final = 10
"""Sessions that one staff member may begin in a minute, those in vain among them: nobody tries out numbers."""
MATTER_MAX: Final = 200
REFERENCE_MAX: Final = 100
"""Characters of what a session is for, and of the name of a proof."""
ACTS_WAITING_MAX: Final = 5
"""Acts of a session that wait for a colleague at a time."""
CONFIRMATION_READ: Final = 24 * 60 * 60
"""A colleague reads what was asked of the unit for so long after its session was over."""
DECLINE_REASON_MAX: Final = 200
"""Characters in which a colleague says why not."""
SLIPS_AT_ONCE_MAX: Final = 50
"""So many emergency slips are issued in one block at most."""
SLIPS_BLANK_MAX: Final = 200
"""So many of a unit's emergency slips may be without an entry."""
SLIP_DAYS: Final = 3
"""An emergency slip is to be entered within so many days; later it is marked as late."""
SLIP_SEEN_MAX: Final = 500
"""Characters of what stood on a slip."""
MATTERS_AT_COUNTER: Final = 100
"""So many matters are offered to narrow a served person's licences by."""
VISIT_DAYS_AHEAD: Final = 7
"""A list of home service is prepared for today, or for a day at most so far ahead."""
VISITS_MAX: Final = 20
"""So many persons are on one list."""
VISITS_KEPT_DAYS: Final = 7
"""Days after its day until a list is deleted with all that it says."""
COPY_DAYS_MAX: Final = 90
"""An annotated copy is good for at most so many days after the day of its print, and no longer than its licence."""
COPY_DAYS_USUAL: Final = 30
"""The form of a copy proposes so many days."""
COPIES_MAX: Final = 3
COPIES_WITHIN_DAYS: Final = 90
"""So many copies of one licence in so many days, those that were revoked aside."""
COPIES_TOGETHER_MAX: Final = 10
"""So many licences are copied in one go at most."""
KIOSK_WAIT: Final = 2 * 60
"""A screen for printing by oneself shows its number so long."""
KIOSK_IDLE: Final = 2 * 60
"""Untouched for so long it ends."""
REPORTS_PER_DAY: Final = 10
"""So many desks are reported by or for one person in 24 hours."""
REPORT_REPEAT: Final = 10 * 60
"""The same report again within so many seconds is the one that is there."""
REPORT_DAYS: Final = 90
"""A desk that refused is reported within so many days."""
COPY_PURPOSE_MAX: Final = 60
COPY_RECIPIENT_MAX: Final = 80
"""Characters of a copy's purpose and recipient, which stand large on it."""
GRANT_DAYS_MAX: Final = 731
"""Days of a grant that was applied for, the first and the last among them."""
GRANT_AHEAD_DAYS: Final = 90
"""A grant begins at most so many days after it was applied for."""
GRANT_QUOTA_MAX: Final = 10_000_000
GRANT_NETWORKS_MAX: Final = 20
APPLICATION_REASON_MAX: Final = 1000
FILING_MEASURES_MAX: Final = 1000
"""Characters in which an application says why, and a filing how the data are kept safe."""
PROOFS_MAX: Final = 8
PROOF_MAX: Final = 5 * 1024 * 1024
"""Files of an application, and bytes of one."""
PROOF_DAYS: Final = 180
"""The proofs of an application that was rejected or taken back are deleted after so long."""

REDIS_WAIT_MS: Final = 100
"""Milliseconds after which Redis is given up."""
REDIS_REST: Final = 2
"""After a failure a process leaves Redis alone for this time."""

EXPIRING_DAYS: Final = 30
"""A licence that ends within this many days is marked 即将到期, and its holders are reminded."""
REMIND_AGAIN_DAYS: Final = 7
"""Its holders are reminded again so many days before its last day, and on that day."""
FORCE_MAJEURE_DAYS: Final = 3
"""Working days after the fault is cleared in which the backlog must be through (O-10, M-9)."""
ALARM_DAYS: Final = 7
"""What came in late, and a batch with lines that were refused, is an alarm for so long."""
ALARMS_SHOWN: Final = 20
"""Alarms on the issuer's home page; of those beyond it says how many."""
PENDING_ALARM: Final = 10 * 60
"""A licence that is still not issued after this time is an alarm."""
REVIEW_ALARM: Final = 24 * 3600
"""A licence that waits for its review for longer is an alarm."""
BASIS_ENDING_DAYS: Final = 90
"""A basis document that ends within this many days is an alarm, as one that has ended is."""
BASIS_AGAIN_DAYS: Final = 30
BASIS_LAST_DAYS: Final = 7
"""So many days before and after its end the warning says so again."""
BASIS_NUMBER_MAX: Final = 100
BASIS_TITLE_MAX: Final = 200
"""Characters of a basis document's number and title."""
RECONCILIATION_LINES_MAX: Final = 100_000
"""Lines of a digest list, and differences that are told of it one by one."""
RECONCILIATION_BODY_MAX: Final = 32 * 1024 * 1024
"""Bytes of a digest list."""
RECONCILIATION_DAYS: Final = 30
"""The single differences of a reconciliation are kept for so long; its counts for good."""
SEAL_EXPIRING_DAYS: Final = 30
"""`doctor` tells of a seal whose certificate ends within this many days."""
DOCUMENT_DAYS: Final = 7
"""A document that was made is kept for so long, encrypted, to be given out again."""
AGE_OF_OWN_CONSENT: Final = 14
"""Years; who is younger uses the own data through a guardian alone (PIPL 31)."""
AGE_OF_MAJORITY: Final = 18
"""Years (Civil Code 17); until the eve of that birthday guardians act for a child."""
GUARDIANS_MAX: Final = 4
"""监护人 of one child at a time."""
ADMINISTRATORS_MAX: Final = 5
FAMILY_DELEGATES_MAX: Final = 5
AGENTS_MAX: Final = 50
"""办事人 whom an organisation may have at a time."""
DELEGATION_DAYS_MAX: Final = 365
"""Days of a delegation, the first and the last among them."""
DELEGATION_AHEAD_DAYS: Final = 30
"""A delegation begins at most so many days after it was offered."""
DELEGATION_ANSWER_DAYS: Final = 7
"""An offer that nobody has accepted by then has lapsed."""
DELEGATION_LICENCES_MAX: Final = 20
DELEGATION_ITEMS_MAX: Final = 20
DELEGATION_OFFERS_PER_DAY: Final = 20
"""Delegations that are offered for one holder in 24 hours."""

KEY_LOOK: Final = 2
"""A process looks after this time whether keys have changed."""
KEY_SETTLE: Final = 60
"""Every process, and every cache of the public keys, has a change of keys by then."""
KEY_BUNDLES_LAPSE: Final = 25 * 3600
"""Every trust bundle without a change of keys has lapsed by then: 24 hours, and one to spare."""
TOKEN_SIGNS: Final = 2
"""A token that has not signed after this time is away."""
TOKEN_RETRY: Final = 2
"""A token that is away is asked again after this time."""
TOKEN_MAKES: Final = 30
"""Longest time that a token takes to make a key or to be checked."""

SWEEP_AFTER: Final = 30
"""A licence still pending after this time was left by a crash; the worker finishes it."""
WORKER_PAUSE: Final = 2
"""Pause of the worker between two rounds that found nothing to do."""
STATUS_LIST_PAUSE: Final = 60
"""A status list that has changed is published again no sooner than this after the last time."""
DISPATCH_BATCH: Final = 10
"""Messages that one worker takes at a time for one destination."""
DISPATCH_CONNECT: Final = 5
DISPATCH_WAIT: Final = 10
"""A destination silent for this time has not answered."""
DISPATCH_LIMIT: Final = 15
"""An exchange with a destination takes no longer in all, however steadily its answer comes."""
DISPATCH_CLAIM: Final = 180
"""A message whose worker has not told of it after this time is sent by another."""
DISPATCH_PAUSE: Final = 10
"""Pause after the first attempt that failed, twice as long after each next."""
DISPATCH_PAUSE_MAX: Final = 4 * 3600
DISPATCH_ATTEMPTS: Final = 20
"""Attempts, over a day to a day and a half, after which a message is a dead letter."""
DISPATCH_LATE: Final = 3600
"""`doctor` tells of a message that waits longer."""
RECEIPT_MAX: Final = 64 * 1024
"""Bytes that are read of a destination's answer."""
WEBHOOK_TOLERANCE: Final = 300
"""A signed request of another system is good this long before and after its timestamp."""
