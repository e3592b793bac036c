/// The inner functions of the guests' accelerators, compiled for the host.
#pragma once

extern "C" {
#include "bls12_381.h"
#include "bn254_constants.h"
#include "curve.h"
#include "ecdsa.h"
#include "field.h"
#include "fp2.h"
#include "group.h"
#include "limbs.h"
#include "precompile.h"
#include "ring.h"
#include "software.h"
#include "zkvm_accelerators.h"
}
