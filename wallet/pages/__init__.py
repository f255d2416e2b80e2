"""Server-rendered pages, one module per audience; `wallet.app` registers `PAGES`."""

from wallet.pages import account, docs, holder, public

PAGES = (account.blueprint, docs.blueprint, holder.blueprint, public.blueprint)
