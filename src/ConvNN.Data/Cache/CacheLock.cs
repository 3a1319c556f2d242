using ConvNN.Files;

namespace ConvNN.Data.Cache;

/// <summary>Lets one process at a time write to a folder of the cache. If the process dies, the system releases its lock.</summary>
internal static class CacheLock
{
    private const string Name = ".lock";
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(100);

    // Error codes for a file locked by another process: EAGAIN on Linux and on the BSDs, and the sharing violation on Windows.
    private static readonly int[] Held = [11, 35, unchecked((int)0x80070020)];

    /// <summary>Waits for the lock.</summary>
    /// <param name="folder">The folder.</param>
    /// <param name="onWait">Called once if another process holds it.</param>
    /// <param name="time">The clock.</param>
    /// <param name="cancellationToken">Cancels the wait.</param>
    /// <returns>
    /// The lock; dispose of it to release it.
    /// </returns>
    /// <exception cref="CacheException">The folder cannot be written.</exception>
    /// <exception cref="OperationCanceledException">The token was cancelled.</exception>
    public static async Task<IDisposable> TakeAsync(string folder, Action onWait, TimeProvider time, CancellationToken cancellationToken)
    {
        for (bool isFirst = true; ; isFirst = false)
        {
            try
            {
                Directory.CreateDirectory(folder);
                return FileLock.Take(Path.Combine(folder, Name));
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
