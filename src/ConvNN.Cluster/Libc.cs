using System.Runtime.InteropServices;

namespace ConvNN.Cluster;

/// <summary>The calls of the C library that .NET does not offer in the form that MPI needs.</summary>
internal static partial class Libc
{
    private const int NowAndGlobal = 0x102;     // RTLD_NOW | RTLD_GLOBAL, on Linux

    /// <summary>Sets a variable for native code, which does not see .NET's own copy of the environment.</summary>
    /// <param name="name">The variable.</param>
    /// <param name="value">Its value.</param>
    /// <param name="overwrite">Whether to set one that is set already; 0 for no.</param>
    [LibraryImport("libc", EntryPoint = "setenv", StringMarshalling = StringMarshalling.Utf8)]
    public static partial int SetVariable(string name, string value, int overwrite);

    /// <summary>
    /// Loads a library so that the libraries which it loads later find its symbols. .NET's loader has no way to ask for that, and the
    /// plugins of Open MPI, which do not name the library that they belong to, need it.
    /// </summary>
    /// <param name="file">Its path, or its name for the system to find.</param>
    /// <param name="error">What the system says if it fails.</param>
    /// <returns>The library's handle; 0 if it could not be loaded.</returns>
    public static nint Load(string file, out string? error)
    {
        nint handle;
        try
        {
            // A call before the one that counts: the first makes .NET look the function up, by which the system forgets its last error.
            _ = Error();
            handle = Open(file, NowAndGlobal);
            error = handle == 0 ? Marshal.PtrToStringUTF8(Error()) : null;
        }
        catch (EntryPointNotFoundException)
        {
            // glibc before 2.34 has these calls in a library of their own.
            _ = ErrorBefore234();
            handle = OpenBefore234(file, NowAndGlobal);
            error = handle == 0 ? Marshal.PtrToStringUTF8(ErrorBefore234()) : null;
        }

        return handle;
    }

    /// <summary>Sleeps for less than a millisecond, which is the shortest that .NET's own waits know.</summary>
    /// <param name="microseconds">How long, in µs; at most 999999.</param>
    [LibraryImport("libc", EntryPoint = "usleep")]
    public static partial int Sleep(uint microseconds);

    [LibraryImport("libc", EntryPoint = "dlopen", StringMarshalling = StringMarshalling.Utf8)]
    private static partial nint Open(string file, int flags);

    [LibraryImport("libc", EntryPoint = "dlerror")]
    private static partial nint Error();

    [LibraryImport("libdl.so.2", EntryPoint = "dlopen", StringMarshalling = StringMarshalling.Utf8)]
    private static partial nint OpenBefore234(string file, int flags);

    [LibraryImport("libdl.so.2", EntryPoint = "dlerror")]
    private static partial nint ErrorBefore234();
}
