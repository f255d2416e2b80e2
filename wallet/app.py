"""The only wiring: from a Config to a Flask app. Nothing happens at import."""

from __future__ import annotations

from flask import Flask

from verify.assets import templates_dir
from verify.languages import speak
from verify.static_files import publish_static
from wallet.base.deps import build_deps
from wallet.catalogue import api as catalogue
from wallet.catalogue.basis import api as basis
from wallet.catalogue.use_list import api as use_list
from wallet.config import Config
from wallet.counter import api as counter
from wallet.counter.acts import api as assisted_acts
from wallet.counter.history import api as served_history
from wallet.counter.slips import api as slips
from wallet.counter.visits import api as visits
from wallet.demo import codes as demo_codes
from wallet.demo import sign_in as demo_sign_in
from wallet.holders.administrators import api as administrators
from wallet.holders.sign_in import load_holder
from wallet.licences import api as licences
from wallet.licences.delegations import api as delegations
from wallet.licences.in_step import api as in_step
from wallet.numbers import (
    BATCH_FILE_MAX,
    JSON_BODY_MAX,
    JUDGEMENTS_BODY_MAX,
    LICENCE_BODY_MAX,
    MERCHANT_CHECK_BODY_MAX,
    PROOF_MAX,
    RECONCILIATION_BODY_MAX,
)
from wallet.organisations import api as organisations
from wallet.organisations.clients import api as clients
from wallet.organisations.people import api as people
from wallet.organisations.sign_in import load_client, load_staff
from wallet.organisations.units import api as units
from wallet.pages import PAGES, docs
from wallet.relying import api as relying
from wallet.relying.beyond import api as beyond
from wallet.relying.desk_numbers import api as desk_numbers
from wallet.relying.desk_refusals import api as desk_refusals
from wallet.relying.hand_overs import api as hand_overs
from wallet.relying.holdings import api as holdings
from wallet.relying.merchant_checks import api as merchant_checks
from wallet.relying.notices import api as notices
from wallet.relying.onboarding import api as onboarding
from wallet.relying.shifts import api as shifts
from wallet.showing import api as showing
from wallet.web import health
from wallet.web.addresses import see_through
from wallet.web.deprecation import announce_deprecations
from wallet.web.deps import attach
from wallet.web.guards import enforce_guards, guard, public
from wallet.web.headers import protect
from wallet.web.json import OrjsonProvider
from wallet.web.limits import limit_rates
from wallet.web.oidc.ways import attach_providers
from wallet.web.packing import pack_pages
from wallet.web.problems import ProblemApi, register_problems

API_PREFIX = "/api/v1"


def create_app(config: Config) -> Flask:
    """The app of one process; loads or makes the keys, opens no connection yet."""
    app = Flask(
        "wallet",
        template_folder=str(templates_dir()),
        static_folder=None,
    )
    app.json = OrjsonProvider(app)
    app.config.update(
        API_TITLE="Liangzheng 亮证",
        API_VERSION="v1",
        OPENAPI_VERSION="3.0.3",
        LARGE_BODY_ENDPOINTS={
            "licences.receive_licence": LICENCE_BODY_MAX,
            "licences.receive_batch": BATCH_FILE_MAX,
            # The form around the file is a little more.
            "issuer_batch_pages.send": BATCH_FILE_MAX + JSON_BODY_MAX,
            "in_step.reconcile_licences": RECONCILIATION_BODY_MAX,
            "merchant_checks.send_list": MERCHANT_CHECK_BODY_MAX,
            "onboarding.new_proof": PROOF_MAX,
            "manager_application_pages.send_proof": PROOF_MAX + JSON_BODY_MAX,
            "desk.offline_verifications": JUDGEMENTS_BODY_MAX,
            "catalogue.new_draft": JUDGEMENTS_BODY_MAX,
            "catalogue.change_draft": JUDGEMENTS_BODY_MAX,
            "use_list.new_draft": JUDGEMENTS_BODY_MAX,
            "use_list.change_draft": JUDGEMENTS_BODY_MAX,
            "manager_items_pages.write_new": JUDGEMENTS_BODY_MAX,
            "manager_items_pages.rewrite": JUDGEMENTS_BODY_MAX,
            "catalogue_editing_pages.write_new": JUDGEMENTS_BODY_MAX,
            "catalogue_editing_pages.rewrite": JUDGEMENTS_BODY_MAX,
        },
        CHUNKED_ENDPOINTS={"licences.receive_batch", "in_step.reconcile_licences"},
        MAX_FORM_MEMORY_SIZE=LICENCE_BODY_MAX,
    )
    app.wsgi_app = see_through(app.wsgi_app, config.trusted_proxies)  # type: ignore[assignment, method-assign]
    attach(app, build_deps(config))
    attach_providers(app, config)
    # A browser that was told to keep to https would refuse the next demo on the same host name.
    protect(app, https=config.https and not config.demo)
    pack_pages(app)
    announce_deprecations(app)
    enforce_guards(app, {"holder": load_holder, "staff": load_staff, "client": load_client})
    register_problems(app)
    speak(app)

    api = ProblemApi(app)
    features = (
        units, people, clients, basis, catalogue, use_list, administrators, licences, delegations, in_step, showing, relying, beyond, desk_numbers, holdings,
        shifts, notices, merchant_checks, onboarding, counter, assisted_acts, served_history, slips, visits, desk_refusals, hand_overs,
    )  # fmt: skip
    for feature in features:
        api.register_blueprint(feature.blueprint, url_prefix=API_PREFIX)
    app.register_blueprint(relying.desk())
    relying.document_desk(app, api)

    api.register_blueprint(licences.published)
    api.register_blueprint(organisations.blueprint)
    organisations.attach_token_server(app)
    app.register_blueprint(health.blueprint)
    for pages in PAGES:
        app.register_blueprint(pages)
    docs.publish(app, api)
    if config.demo:
        app.register_blueprint(demo_sign_in.blueprint)
        app.register_blueprint(demo_codes.blueprint)
    publish_static(app, guard(public(identify=False)))
    limit_rates(app)
    return app
