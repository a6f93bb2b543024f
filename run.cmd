@echo off
rem Sets everything up and opens the desk; `run.cmd setup` stops after setting up.
setlocal
cd /d "%~dp0"
set PYTHON=
where py >nul 2>nul && set PYTHON=py -3
if not defined PYTHON where python >nul 2>nul && set PYTHON=python
if not defined PYTHON (
  echo Amends needs Python 3.11 or newer: install it from python.org and run this again. 1>&2
  exit /b 1
)
%PYTHON% -c "import sys; sys.exit(sys.version_info < (3, 11))" || (
  echo Amends needs Python 3.11 or newer: install it from python.org and run this again. 1>&2
  exit /b 1
)
if not exist .venv\Scripts\python.exe %PYTHON% -m venv .venv || exit /b 1
if not exist .venv\amends-installed (
  .venv\Scripts\python -m pip install --quiet --require-hashes -r requirements.lock || exit /b 1
  .venv\Scripts\python -m pip install --quiet --no-deps --no-build-isolation -e . || exit /b 1
  echo done> .venv\amends-installed
)
if "%1"=="setup" exit /b 0
.venv\Scripts\python -m desktop run %*
