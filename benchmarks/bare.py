"""The control: a bare Scrapy spider with default settings that only downloads the addresses of a file, one a line.

Prints one JSON line: pages, bytes, CPU seconds of the crawl alone.
"""

from __future__ import annotations

import json
import sys
import time
from pathlib import Path

import scrapy
from scrapy.crawler import AsyncCrawlerProcess


class BareSpider(scrapy.Spider):
    name = "bare"
    pages = 0
    size = 0

    async def start(self):
        for url in Path(sys.argv[1]).read_text(encoding="utf-8").split():
            yield scrapy.Request(url, dont_filter=True)

    def parse(self, response):
        BareSpider.pages += 1
        BareSpider.size += len(response.body)


def main() -> None:
    process = AsyncCrawlerProcess({"LOG_LEVEL": "ERROR"})
    process.crawl(BareSpider)
    started = time.process_time()
    process.start()
    cpu = time.process_time() - started
    print(json.dumps({"pages": BareSpider.pages, "bytes": BareSpider.size, "cpu": cpu}))


if __name__ == "__main__":
    main()
