namespace ConvNN.Data.Cache;

/// <summary>Lets one process at a time write into a folder of the cache. The system releases the lock of one that dies.</summary>
internal static class CacheLock
{
    private const string Name = ".lock";
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(100);

    // What the system says of a file that somebody else has locked: EAGAIN of Linux and of the BSDs, and Windows' sharing violation.
    private static readonly int[] Held = [11, 35, unchecked((int)0x80070020)];

    /// <summary>Waits for the lock.</summary>
    /// <param name="folder">The folder.</param>
    /// <param name="onWait">Called once if somebody else has it.</param>
    /// <param name="time">The clock.</param>
    /// <param name="cancellationToken">Stops the wait.</param>
    /// <returns>The lock, to be disposed of. Its file remains: to delete it would let two others lock two files of one name.</returns>
    /// <exception cref="CacheException">The folder cannot be written.</exception>
    /// <exception cref="OperationCanceledException">The token was cancelled.</exception>
    public static async Task<IDisposable> TakeAsync(string folder, Action onWait, TimeProvider time, CancellationToken cancellationToken)
    {
        for (bool isFirst = true; ; isFirst = false)
        {
            try
            {
                Directory.CreateDirectory(folder);
                return new FileStream(Path.Combine(folder, Name), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
            }
            catch (IOException e) when (Held.Contains(e.HResult))
            {
                if (isFirst)
                {
                    onWait();
                }
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                throw CacheException.Unwritable(folder, e);
            }

            await Task.Delay(Interval, time, cancellationToken);
        }
    }
}
