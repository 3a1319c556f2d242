using System.Runtime.InteropServices;

namespace ConvNN.Cluster;

/// <summary>
/// The constants of a library's binary interface. Open MPI's handles are addresses of its variables, MPICH's are numbers of 32 bits; both
/// are passed as <see cref="nint"/>, of which a callee takes the lower half where it expects an <c>int</c> (x64 and Arm64).
/// </summary>
/// <param name="World">MPI_COMM_WORLD.</param>
/// <param name="Byte">MPI_BYTE.</param>
/// <param name="ErrorsReturn">MPI_ERRORS_RETURN.</param>
/// <param name="ThreadSerialized">MPI_THREAD_SERIALIZED; higher levels have higher numbers.</param>
/// <remarks>Sources: <c>mpi.h</c> of Open MPI 4.1.4 and MPICH 4.0.2; the standard ABI of MPI 5.0, chapter 20.</remarks>
internal sealed record MpiAbi(nint World, nint Byte, nint ErrorsReturn, int ThreadSerialized)
{
    /// <summary>MPICH's and that of its relatives, which have agreed on it: Intel MPI, MVAPICH, Cray MPICH.</summary>
    private static readonly MpiAbi Mpich = new(0x44000000, 0x4c00010d, 0x54000001, 2);

    /// <summary>The one that MPI 5.0 defines for all.</summary>
    private static readonly MpiAbi Standard = new(0x101, 0x247, 0x143, 2048);

    /// <summary>Finds a library's interface by what it says of itself: names of files differ from system to system.</summary>
    /// <param name="library">The library's handle.</param>
    /// <param name="version">Its answer to MPI_Get_library_version.</param>
    /// <returns>The interface; null if it is unknown.</returns>
    public static MpiAbi? Find(nint library, string version)
    {
        if (HasStandardAbi(library))
        {
            return Standard;
        }

        if (version.StartsWith("Open MPI", StringComparison.Ordinal))
        {
            return new MpiAbi(
                NativeLibrary.GetExport(library, "ompi_mpi_comm_world"),
                NativeLibrary.GetExport(library, "ompi_mpi_byte"),
                NativeLibrary.GetExport(library, "ompi_mpi_errors_return"),
                2);
        }

        return version.Contains("MPICH", StringComparison.Ordinal) || version.StartsWith("Intel(R) MPI", StringComparison.Ordinal) || version.StartsWith("MVAPICH", StringComparison.Ordinal)
            ? Mpich
            : null;
    }

    private static unsafe bool HasStandardAbi(nint library)
    {
        int major = -1;
        int minor = -1;
        return NativeLibrary.TryGetExport(library, "MPI_Abi_get_version", out nint function)
            && ((delegate* unmanaged[Cdecl]<int*, int*, int>)function)(&major, &minor) == 0
            && major > 0;
    }
}
