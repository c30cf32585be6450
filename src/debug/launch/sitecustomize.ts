import { cannotDebug } from './program.ts'

/**
 * The module that Python imports before a program, with a debugger for it. The first process that gets here has the
 * debugger; debugpy itself attends to its children. A `sitecustomize` of the image is run, too.
 */
export const sitecustomize = `import os
import sys


def _run_other():
    from importlib.machinery import PathFinder
    from importlib.util import module_from_spec

    here = os.path.dirname(os.path.abspath(__file__))
    spec = PathFinder.find_spec(
        "sitecustomize", [path for path in sys.path if os.path.abspath(path) != here]
    )
    if spec is not None and spec.loader is not None:
        spec.loader.exec_module(module_from_spec(spec))


def _start_debugger():
    port = os.environ.get("MESOCOSM_DEBUG_PORT")
    owner = os.environ.get("MESOCOSM_DEBUG_PID")
    if not port or (owner and owner != str(os.getpid())):
        return
    try:
        import debugpy
    except ImportError:
        sys.stderr.write(
            "${cannotDebug}: there is no debugpy for "
            + sys.executable
            + "; run pip install debugpy in its image, or set MESOCOSM_DEBUGPY to the folder"
            + " of the package on the machine that runs the tests\\n"
        )
        sys.stderr.flush()
        os._exit(1)
    os.environ["MESOCOSM_DEBUG_PID"] = str(os.getpid())
    try:
        debugpy.listen(("127.0.0.1", int(port)))
    except Exception as error:
        sys.stderr.write(
            "mesocosm: no debugger in process %d: %s\\n" % (os.getpid(), error)
        )
        return
    if os.environ.get("MESOCOSM_DEBUG_WAIT"):
        debugpy.wait_for_client()


try:
    _run_other()
finally:
    _start_debugger()
`
