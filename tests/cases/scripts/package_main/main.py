from tool import cli

cli.main([])
