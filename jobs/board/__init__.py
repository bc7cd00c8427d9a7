"""What the board and the job page show: pure words and figures, the queries behind them, and their live rows."""
