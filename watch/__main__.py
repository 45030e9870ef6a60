"""python -m watch"""

from watch.cli import main

main()
