using System.Runtime.InteropServices;
using System.Text;
using System.Text.RegularExpressions;
using ConvNN.Training.Cluster;

namespace ConvNN.Cluster;

/// <summary>An MPI library in this process: its functions, with the same signatures for each library. It is never unloaded.</summary>
/// <remarks>Statuses are memory that only MPI's own functions read, because libraries lay them out in different ways.</remarks>
internal sealed unsafe partial class MpiLibrary
{
    /// <summary>The variable that names the library to use: its path, or its name for the system to find.</summary>
    public const string Variable = "CONVNN_MPI_LIBRARY";

    /// <summary>Bytes that are enough for any library's MPI_Status and for a handle.</summary>
    public const int StatusLength = 64;

    // MPICH's MPI_MAX_LIBRARY_VERSION_STRING; Open MPI has 256, and 512 at most for the text of an error.
    private const int TextLength = 8192;

    /// <summary>What native code has to find in the environment before a library is loaded.</summary>
    private static readonly (string Name, string Value, int Overwrite)[] Settings =
    [
        // UCX, below MPICH, would take over signals by which .NET finds null references and divisions by zero, and end the process at each.
        ("UCX_HANDLE_ERRORS", "none", 1),
        ("UCX_DEBUG_SIGNO", "0", 1),

        // And it would write into the code of munmap and the like, to learn when memory is unmapped, while other threads may run that code.
        ("UCX_MEM_EVENTS", "no", 1),

        // Open MPI would take over the same signals, for its traces of the stack.
        ("OMPI_MCA_opal_signal", "", 1),

        // A rank that waits leaves its core to the threads that compute.
        ("OMPI_MCA_mpi_yield_when_idle", "1", 0),
    ];

    private readonly delegate* unmanaged[Cdecl]<nint, nint, int, int*, int> _initialize;
    private readonly delegate* unmanaged[Cdecl]<int> _finalize;
    private readonly delegate* unmanaged[Cdecl]<nint, int, int> _abort;
    private readonly delegate* unmanaged[Cdecl]<nint, int*, int> _rank;
    private readonly delegate* unmanaged[Cdecl]<nint, int*, int> _size;
    private readonly delegate* unmanaged[Cdecl]<nint, nint, int> _setErrorHandler;
    private readonly delegate* unmanaged[Cdecl]<nint, nint*, nint*, int> _duplicate;
    private readonly delegate* unmanaged[Cdecl]<void*, int, nint, int, int, nint, nint*, int> _send;
    private readonly delegate* unmanaged[Cdecl]<void*, int, nint, int, int, nint, nint*, int> _receive;
    private readonly delegate* unmanaged[Cdecl]<nint*, int*, void*, int> _test;
    private readonly delegate* unmanaged[Cdecl]<int, int, nint, int*, void*, int> _probe;
    private readonly delegate* unmanaged[Cdecl]<void*, nint, int*, int> _count;
    private readonly delegate* unmanaged[Cdecl]<int, byte*, int*, int> _errorText;

    private MpiLibrary(nint library, string file, string name, MpiAbi abi)
    {
        File = file;
        Name = name;
        Abi = abi;
        _initialize = (delegate* unmanaged[Cdecl]<nint, nint, int, int*, int>)NativeLibrary.GetExport(library, "MPI_Init_thread");
        _finalize = (delegate* unmanaged[Cdecl]<int>)NativeLibrary.GetExport(library, "MPI_Finalize");
        _abort = (delegate* unmanaged[Cdecl]<nint, int, int>)NativeLibrary.GetExport(library, "MPI_Abort");
        _rank = (delegate* unmanaged[Cdecl]<nint, int*, int>)NativeLibrary.GetExport(library, "MPI_Comm_rank");
        _size = (delegate* unmanaged[Cdecl]<nint, int*, int>)NativeLibrary.GetExport(library, "MPI_Comm_size");
        _setErrorHandler = (delegate* unmanaged[Cdecl]<nint, nint, int>)NativeLibrary.GetExport(library, "MPI_Comm_set_errhandler");
        _duplicate = (delegate* unmanaged[Cdecl]<nint, nint*, nint*, int>)NativeLibrary.GetExport(library, "MPI_Comm_idup");
        _send = (delegate* unmanaged[Cdecl]<void*, int, nint, int, int, nint, nint*, int>)NativeLibrary.GetExport(library, "MPI_Isend");
        _receive = (delegate* unmanaged[Cdecl]<void*, int, nint, int, int, nint, nint*, int>)NativeLibrary.GetExport(library, "MPI_Irecv");
        _test = (delegate* unmanaged[Cdecl]<nint*, int*, void*, int>)NativeLibrary.GetExport(library, "MPI_Test");
        _probe = (delegate* unmanaged[Cdecl]<int, int, nint, int*, void*, int>)NativeLibrary.GetExport(library, "MPI_Iprobe");
        _count = (delegate* unmanaged[Cdecl]<void*, nint, int*, int>)NativeLibrary.GetExport(library, "MPI_Get_count");
        _errorText = (delegate* unmanaged[Cdecl]<int, byte*, int*, int>)NativeLibrary.GetExport(library, "MPI_Error_string");
    }

    /// <summary>The file that was loaded.</summary>
    public string File { get; }

    /// <summary>Name and version in short, such as <c>Open MPI 4.1.4</c>.</summary>
    public string Name { get; }

    /// <summary>Its constants.</summary>
    public MpiAbi Abi { get; }

    /// <summary>Loads the first library that is there.</summary>
    /// <param name="files">What to try, best first.</param>
    /// <exception cref="ClusterException">None is there, or it is not one that is known.</exception>
    public static MpiLibrary Load(IReadOnlyList<string> files)
    {
        foreach ((string name, string value, int overwrite) in Settings)
        {
            _ = Libc.SetVariable(name, value, overwrite);
        }

        string? reason = null;
        foreach (string file in files)
        {
            if (Libc.Load(file, out string? error) is nint library and not 0)
            {
                return Of(library, file);
            }

            reason ??= error;
        }

        throw new ClusterException($"no MPI library was found: tried {string.Join(", ", files)} ({reason}); install one by `apt-get install openmpi-bin` or `apt-get install mpich`, or name it by {Variable}");
    }

    /// <summary>MPI_Init_thread.</summary>
    /// <param name="provided">The level of threads that the library allows.</param>
    public int Initialize(out int provided)
    {
        fixed (int* level = &provided)
        {
            return _initialize(0, 0, Abi.ThreadSerialized, level);
        }
    }

    /// <summary>MPI_Finalize.</summary>
    public int Finish() => _finalize();

    /// <summary>MPI_Abort, for all ranks.</summary>
    public int Abort(int exitCode) => _abort(Abi.World, exitCode);

    /// <summary>MPI_Comm_rank of all ranks.</summary>
    public int Rank(out int rank)
    {
        fixed (int* result = &rank)
        {
            return _rank(Abi.World, result);
        }
    }

    /// <summary>MPI_Comm_size of all ranks.</summary>
    public int Size(out int size)
    {
        fixed (int* result = &size)
        {
            return _size(Abi.World, result);
        }
    }

    /// <summary>MPI_Comm_set_errhandler: failures of the communicator with all ranks, and of its copies, are returned instead of ending the job.</summary>
    public int ReturnErrors() => _setErrorHandler(Abi.World, Abi.ErrorsReturn);

    /// <summary>MPI_Comm_idup of the communicator with all ranks.</summary>
    public int Duplicate(nint* communicator, nint* request) => _duplicate(Abi.World, communicator, request);

    /// <summary>MPI_Isend of bytes.</summary>
    public int Send(byte* bytes, int length, int rank, int tag, nint communicator, nint* request) => _send(bytes, length, Abi.Byte, rank, tag, communicator, request);

    /// <summary>MPI_Irecv of bytes.</summary>
    public int Receive(byte* bytes, int length, int rank, int tag, nint communicator, nint* request) => _receive(bytes, length, Abi.Byte, rank, tag, communicator, request);

    /// <summary>MPI_Test.</summary>
    public int Test(nint* request, int* done, void* status) => _test(request, done, status);

    /// <summary>MPI_Iprobe.</summary>
    public int Probe(int rank, int tag, nint communicator, int* found, void* status) => _probe(rank, tag, communicator, found, status);

    /// <summary>MPI_Get_count, in bytes.</summary>
    public int Count(void* status, int* length) => _count(status, Abi.Byte, length);

    /// <summary>MPI_Error_string in one line, without the calls inside the library that MPICH adds.</summary>
    public string ErrorText(int code)
    {
        byte* text = stackalloc byte[TextLength];
        int length = 0;
        return _errorText(code, text, &length) == 0
            ? string.Join(' ', Encoding.UTF8.GetString(text, length).Split(", error stack:")[0].Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries))
            : $"error {code}";
    }

    /// <summary>Name and version in short.</summary>
    /// <param name="version">What MPI_Get_library_version answers.</param>
    internal static string ShortNameOf(string version) =>
        ShortName().Match(version) is { Success: true } match ? $"{match.Groups[1].Value} {match.Groups[2].Value}" : version.Split('\n')[0].Trim();

    private static MpiLibrary Of(nint library, string file)
    {
        if (!NativeLibrary.TryGetExport(library, "MPI_Get_library_version", out nint function))
        {
            throw new ClusterException($"{file} is not an MPI library: it has no MPI_Get_library_version; name one by {Variable}, such as libmpi.so.40 (Open MPI) or libmpich.so.12 (MPICH)");
        }

        // The one call that is allowed before MPI is initialized and tells the libraries apart.
        byte* text = stackalloc byte[TextLength];
        int length = 0;
        _ = ((delegate* unmanaged[Cdecl]<byte*, int*, int>)function)(text, &length);
        string version = Encoding.UTF8.GetString(text, length).TrimEnd('\0');
        string name = ShortNameOf(version);
        MpiAbi abi = MpiAbi.Find(library, version)
            ?? throw new ClusterException($"{file} is an MPI library that is not known ({name}); name one of Open MPI or MPICH by {Variable}");
        return new MpiLibrary(library, file, name, abi);
    }

    /// <summary>"Open MPI v4.1.4, package: …", "MPICH Version:	4.0.2" or "Intel(R) MPI Library 2021.12 for …".</summary>
    [GeneratedRegex(@"^([^:,\n]*?)(?:\s+Version\s*:)?\s+v?(\d[\w.]*)")]
    private static partial Regex ShortName();
}
