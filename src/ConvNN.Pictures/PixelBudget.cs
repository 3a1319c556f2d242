namespace ConvNN.Pictures;

/// <summary>
/// Limits the pixels that all decoders of the process work on at a time, since a small file can hold a large picture. A picture
/// larger than the whole budget has its turn when no other is being decoded.
/// </summary>
internal static class PixelBudget
{
    /// <summary>The number of pixels; decoding takes about ten bytes for each.</summary>
    public const long Pixels = 1 << 24;

    private static readonly object Gate = new();
    private static long _taken;

    /// <summary>Waits until there is room.</summary>
    /// <param name="pixels">The pixels of the picture to decode.</param>
    /// <returns>Disposing it gives the room back.</returns>
    public static IDisposable Take(long pixels)
    {
        lock (Gate)
        {
            while (_taken > 0 && _taken + pixels > Pixels)
            {
                Monitor.Wait(Gate);
            }

            _taken += pixels;
        }

        return new Share(pixels);
    }

    private sealed class Share(long pixels) : IDisposable
    {
        public void Dispose()
        {
            lock (Gate)
            {
                _taken -= pixels;
                Monitor.PulseAll(Gate);
            }
        }
    }
}
