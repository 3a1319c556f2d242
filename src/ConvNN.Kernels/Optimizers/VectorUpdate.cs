using ConvNN.Kernels.Vectors;

namespace ConvNN.Kernels.Optimizers;

/// <summary>The updates on vectors.</summary>
internal static class VectorUpdate
{
    /// <summary>Runs a loop with an update.</summary>
    public static void Run<TVector, TLoop>(in WeightUpdate update, ref TLoop loop)
        where TVector : struct, IVector<TVector>
        where TLoop : IUpdateLoop<TVector>, allows ref struct
    {
        switch (update.Kind)
        {
            case UpdateKind.Descent when update.DescentStep.Decay != DecayFactors.None:
                Run<TVector, TLoop, DecayedDescentUpdate<TVector>>(new DecayedDescentUpdate<TVector>(update), update, ref loop);
                break;
            case UpdateKind.Descent:
                Run<TVector, TLoop, DescentUpdate<TVector>>(new DescentUpdate<TVector>(update), update, ref loop);
                break;
            case UpdateKind.Momentum:
                Run<TVector, TLoop, MomentumUpdate<TVector>>(new MomentumUpdate<TVector>(update), update, ref loop);
                break;
            case UpdateKind.RmsProp:
                Run<TVector, TLoop, RmsPropUpdate<TVector>>(new RmsPropUpdate<TVector>(update), update, ref loop);
                break;
            case UpdateKind.Adam:
                Run<TVector, TLoop, AdamUpdate<TVector>>(new AdamUpdate<TVector>(update), update, ref loop);
                break;
            case UpdateKind.Lion:
                Run<TVector, TLoop, LionUpdate<TVector>>(new LionUpdate<TVector>(update), update, ref loop);
                break;
            default:
                Run<TVector, TLoop, AssignUpdate<TVector>>(default, update, ref loop);
                break;
        }
    }

    private static void Run<TVector, TLoop, TUpdate>(TUpdate inner, in WeightUpdate update, ref TLoop loop)
        where TVector : struct, IVector<TVector>
        where TLoop : IUpdateLoop<TVector>, allows ref struct
        where TUpdate : IVectorUpdate<TVector>, allows ref struct
    {
        if (update.Average.IsEmpty)
        {
            loop.Run(ref inner);
            return;
        }

        AveragedUpdate<TVector, TUpdate> averaged = new(inner, update);
        loop.Run(ref averaged);
    }
}
