using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace ConvNN.Kernels.Tests;

/// <summary>
/// Memory whose last element (or first) touches a page that may not be accessed, so that a kernel that reads or writes
/// past its span crashes the test run instead of passing. An ordinary array where there is no Linux <c>mmap</c>.
/// </summary>
/// <example><code>using var x = new GuardedMemory&lt;float&gt;(length); kernel(x.Span);</code></example>
internal sealed unsafe partial class GuardedMemory<T> : IDisposable
    where T : unmanaged
{
    private readonly T[]? _array;
    private readonly nuint _mappedBytes;
    private readonly byte* _mapping;
    private readonly T* _data;
    private readonly int _length;

    /// <param name="length">Number of elements.</param>
    /// <param name="guardFront">Whether the inaccessible page touches the first element rather than the last.</param>
    public GuardedMemory(int length, bool guardFront = false)
    {
        _length = length;
        if (!IsGuarded)
        {
            _array = new T[length];
            return;
        }

        // One page without access on either side of the pages that hold the data.
        nuint page = (uint)Environment.SystemPageSize;
        nuint bytes = (uint)length * (nuint)Unsafe.SizeOf<T>();
        nuint dataPages = (bytes + page - 1) / page * page;
        _mappedBytes = dataPages + (2 * page);
        _mapping = (byte*)GuardedMemoryNative.Map(_mappedBytes);
        GuardedMemoryNative.Allow(_mapping + page, dataPages);
        _data = (T*)(_mapping + page + (guardFront ? 0 : dataPages - bytes));
    }

    /// <summary>A copy of <paramref name="values"/>.</summary>
    public GuardedMemory(ReadOnlySpan<T> values, bool guardFront = false)
        : this(values.Length, guardFront) => values.CopyTo(Span);

    /// <summary>Whether an access beyond the span crashes on this system.</summary>
    public static bool IsGuarded => OperatingSystem.IsLinux();

    /// <summary>The elements, zero at first.</summary>
    public Span<T> Span => _array is null ? new Span<T>(_data, _length) : _array;

    /// <summary>Address of the first element; 0 where memory is not guarded.</summary>
    public nuint Address => (nuint)_data;

    public void Dispose()
    {
        if (_array is null)
        {
            GuardedMemoryNative.Unmap(_mapping, _mappedBytes);
        }
    }
}

/// <summary>The calls of Linux that <see cref="GuardedMemory{T}"/> needs.</summary>
internal static unsafe partial class GuardedMemoryNative
{
    private const int ProtectionNone = 0;
    private const int ProtectionReadWrite = 3;
    private const int PrivateAnonymous = 0x22;

    public static void* Map(nuint length)
    {
        void* address = MemoryMap(null, length, ProtectionNone, PrivateAnonymous, -1, 0);
        return address != (void*)-1 ? address : throw new InvalidOperationException($"mmap of {length} bytes failed: errno {Marshal.GetLastPInvokeError()}.");
    }

    public static void Allow(void* address, nuint length)
    {
        if (length > 0 && MemoryProtect(address, length, ProtectionReadWrite) != 0)
        {
            throw new InvalidOperationException($"mprotect of {length} bytes failed: errno {Marshal.GetLastPInvokeError()}.");
        }
    }

    public static void Unmap(void* address, nuint length) => _ = MemoryUnmap(address, length);

    [LibraryImport("libc", EntryPoint = "mmap", SetLastError = true)]
    private static partial void* MemoryMap(void* address, nuint length, int protection, int flags, int file, nint offset);

    [LibraryImport("libc", EntryPoint = "mprotect", SetLastError = true)]
    private static partial int MemoryProtect(void* address, nuint length, int protection);

    [LibraryImport("libc", EntryPoint = "munmap", SetLastError = true)]
    private static partial int MemoryUnmap(void* address, nuint length);
}
