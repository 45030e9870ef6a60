"""Every setting that differs from Scrapy's default, each with its reason; tests pin them."""

from __future__ import annotations

from importlib.util import find_spec

from crawler.version import user_agent

BOT_NAME = "csto-watch"
SPIDER_MODULES = ["crawler.spiders"]
NEWSPIDER_MODULE = "crawler.spiders"
USER_AGENT = user_agent()

# --- how it asks -------------------------------------------------------------------------------------------------------
# Obeyed by crawler.middlewares.robots, not by Scrapy's own: that one lets every waiter but the first through, and takes a
# robots.txt that can't be had for permission.
ROBOTSTXT_OBEY = False
# The pace is kept by crawler.middlewares.pace: it counts from the end of the last answer, so that the gap on the server's side
# is never below the delay, robots.txt, retries and hops included. Scrapy's own delay jitters below the value as well as above.
DOWNLOAD_DELAY = 0
# A monitor is a guest: one connection.
CONCURRENT_REQUESTS = 1
CONCURRENT_REQUESTS_PER_DOMAIN = 1
# Cookies would make pages depend on what was asked before.
COOKIES_ENABLED = False
# A challenge page that refreshes itself would be followed.
METAREFRESH_ENABLED = False
# Redirects are facts about a page (moved, gone, out of scope) and are judged by the spider, hop by hop.
REDIRECT_ENABLED = False
REDIRECT_MAX_TIMES = 5
# Every status is data: 404 and 410 are what a monitor is for.
HTTPERROR_ALLOW_ALL = True
# Scrapy's retry knows no Retry-After; crawler.middlewares.retry does.
RETRY_ENABLED = False
CSTO_RETRIES = 2
CSTO_BACKOFF = 5.0
CSTO_RETRY_AFTER_CAP = 300.0
# Answers out of a cache would hide edits.
HTTPCACHE_ENABLED = False
# Our own whole-body check takes the encoding off: Scrapy's accepts streams that were cut.
COMPRESSION_ENABLED = False
REFERER_ENABLED = False
DEFAULT_REQUEST_HEADERS = {
    "Accept": "text/html,application/xhtml+xml;q=0.9,*/*;q=0.1",
    # One fixed language: a page that varies by it must not seem edited.
    "Accept-Language": "en,ru;q=0.5",
    # gzip carries a checksum, brotli and deflate don't: ask for what can be proved whole.
    "Accept-Encoding": "gzip",
}

# --- how much it takes -------------------------------------------------------------------------------------------------
# Scrapy's default is 1 GiB; an article is 50 kB.
DOWNLOAD_MAXSIZE = 8 * 1024 * 1024
DOWNLOAD_WARNSIZE = 0
# The whole download, headers included; Scrapy's is 180 s.
DOWNLOAD_TIMEOUT = 30
# The same two for an image or a document (--media): a report with photographs is larger than any page.
CSTO_FILE_MAXSIZE = 32 * 1024 * 1024
CSTO_FILE_TIMEOUT = 120
# A body that is shorter than its Content-Length is no body.
DOWNLOAD_FAIL_ON_DATALOSS = True
# Scrapy accepts expired and foreign certificates by default.
DOWNLOAD_VERIFY_CERTIFICATES = True
# A redirect or a link must never reach the disk or another protocol.
DOWNLOAD_HANDLERS = {"file": None, "data": None, "ftp": None, "s3": None}
TWISTED_DNS_RESOLVER = "crawler.resolver.PublicResolver"

DOWNLOADER_MIDDLEWARES = {
    "crawler.middlewares.scope.ScopeMiddleware": 50,
    "crawler.middlewares.robots.RobotsMiddleware": 100,
    "crawler.middlewares.retry.RetryMiddleware": 550,
    "crawler.middlewares.whole_body.WholeBodyMiddleware": 595,
    "crawler.middlewares.pace.PaceMiddleware": 990,
    # Not needed, and each costs time on every request.
    "scrapy.downloadermiddlewares.offsite.OffsiteMiddleware": None,
    "scrapy.downloadermiddlewares.httpauth.HttpAuthMiddleware": None,
}
SPIDER_MIDDLEWARES = {
    "scrapy.spidermiddlewares.urllength.UrlLengthMiddleware": None,
    "scrapy.spidermiddlewares.depth.DepthMiddleware": None,
    "scrapy.spidermiddlewares.referer.RefererMiddleware": None,
    "scrapy.spidermiddlewares.httperror.HttpErrorMiddleware": None,
}
ITEM_PIPELINES = {"crawler.pipelines.CapturePipeline": 300}

# --- how it runs -------------------------------------------------------------------------------------------------------
# Both run code that is sent to them.
TELNETCONSOLE_ENABLED = False
REMOTE_CONTROL_ENABLED = False
# The spider keeps its own ledger of addresses; the store is the frontier. No JOBDIR: it is not crash-safe.
DUPEFILTER_CLASS = "scrapy.dupefilters.BaseDupeFilter"
LOG_LEVEL = "WARNING"
LOGSTATS_INTERVAL = 0
MEMUSAGE_ENABLED = False
# Scrapy starts as many tasks as this for each answer; a page gives one capture. Measured with 100, the default: 1.5 ms a page.
CONCURRENT_ITEMS = 1
# Parses the source of each callback anew for each answer, since a bound method is never the same object. Measured: 1 ms a page.
WARN_ON_GENERATOR_RETURN_VALUE = False
# Measured: 0.86 of the time that the standard loop takes on the same crawl.
ASYNCIO_EVENT_LOOP = "uvloop.Loop" if find_spec("uvloop") else None
EXTENSIONS = {
    "scrapy.extensions.corestats.CoreStats": None,
    "scrapy.extensions.logcount.LogCount": None,
    "scrapy.extensions.logstats.LogStats": None,
    "scrapy.extensions.memusage.MemoryUsage": None,
}
