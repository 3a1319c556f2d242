using System.Runtime.InteropServices;

namespace ConvNN.App.Output;

/// <summary>
/// Writes to an open file descriptor of Unix and reports what the system answers. The console's own stream does not: it takes a pipe
/// whose reader has gone for a success.
/// </summary>
/// <param name="descriptor">The descriptor; it stays open.</param>
internal sealed partial class DescriptorStream(int descriptor) : Stream
{
    private const int Interrupted = 4;                                          // EINTR
    private const int BrokenPipe = 32;                                          // EPIPE
    private const short CanWriteNow = 4;                                        // POLLOUT
    private static readonly int Full = OperatingSystem.IsMacOS() ? 35 : 11;     // EAGAIN, of a pipe that another process made non-blocking

    /// <inheritdoc/>
    public override bool CanRead => false;

    /// <inheritdoc/>
    public override bool CanSeek => false;

    /// <inheritdoc/>
    public override bool CanWrite => true;

    /// <inheritdoc/>
    public override long Length => throw new NotSupportedException();

    /// <inheritdoc/>
    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    /// <inheritdoc/>
    public override void Flush()
    {
    }

    /// <inheritdoc/>
    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    /// <inheritdoc/>
    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    /// <inheritdoc/>
    public override void SetLength(long value) => throw new NotSupportedException();

    /// <inheritdoc/>
    public override void Write(byte[] buffer, int offset, int count) => Write(buffer.AsSpan(offset, count));

    /// <inheritdoc/>
    public override void Write(ReadOnlySpan<byte> buffer)
    {
        while (buffer.Length > 0)
        {
            nint written = Write(descriptor, buffer, buffer.Length);
            if (written >= 0)
            {
                buffer = buffer[(int)written..];
                continue;
            }

            int error = Marshal.GetLastPInvokeError();
            if (error == Full)
            {
                Descriptor waited = new(descriptor, CanWriteNow, 0);
                _ = Poll(ref waited, 1, -1);
            }
            else if (error != Interrupted)
            {
                string reason = Marshal.GetPInvokeErrorMessage(error);
                throw error == BrokenPipe ? new ReaderGoneException(reason) : new IOException(reason);
            }
        }
    }

    [LibraryImport("libc", EntryPoint = "write", SetLastError = true)]
    private static partial nint Write(int descriptor, ReadOnlySpan<byte> buffer, nint count);

    [LibraryImport("libc", EntryPoint = "poll")]
    private static partial int Poll(ref Descriptor descriptor, nuint count, int milliseconds);

    /// <summary>A <c>struct pollfd</c>.</summary>
    private readonly record struct Descriptor(int Number, short Wanted, short Found);
}
